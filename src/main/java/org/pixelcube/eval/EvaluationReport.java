package org.pixelcube.eval;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.pixelcube.config.AtomicFile;
import org.pixelcube.config.Version;

/** The page that an evaluation is read on: tables, intervals, worst cases, clips side by side. */
public final class EvaluationReport {
  private static final int WORST = 8;

  private final Evaluation.Request request;
  private final List<Evaluation.Result> results;
  private final List<RealClips.Row> real;

  /**
   * The report of what was measured.
   *
   * @param results may be empty
   * @param real may be empty
   */
  public EvaluationReport(
      Evaluation.Request request, List<Evaluation.Result> results, List<RealClips.Row> real) {
    this.request = request;
    this.results = List.copyOf(results);
    this.real = List.copyOf(real);
  }

  /** The mean of a measure over all that a contender did. */
  public Interval mean(String contender, Measure measure) {
    return interval(r -> r.value(contender, measure));
  }

  /** The mean of what a contender has more than another, clip by clip. */
  public Interval difference(String contender, String other, Measure measure) {
    return interval(r -> r.value(contender, measure) - r.value(other, measure));
  }

  private Interval interval(ToDoubleFunction<Evaluation.Result> value) {
    Map<String, List<Double>> clips = new LinkedHashMap<>();
    for (Evaluation.Result r : results) {
      clips.computeIfAbsent(r.clip(), _ -> new ArrayList<>()).add(value.applyAsDouble(r));
    }
    return Interval.of(clips.values());
  }

  /** The same in lines of text: a table of means, then what the last contender has more. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    StringBuilder head =
        new StringBuilder("%-28s".formatted("mean of %d".formatted(results.size())));
    for (Measure m : Measure.values()) {
      head.append(" %18s".formatted(m.title()));
    }
    lines.add(head.toString());
    for (String contender : request.contenders()) {
      StringBuilder line = new StringBuilder("%-28s".formatted(contender));
      for (Measure m : Measure.values()) {
        line.append(" %18s".formatted(m.text(mean(contender, m).mean())));
      }
      lines.add(line.toString());
    }
    String last = request.contenders().getLast();
    for (String other : request.contenders()) {
      if (!other.equals(last)) {
        Interval d = difference(last, other, Measure.SCALED_PSNR);
        Interval raw = difference(last, other, Measure.PSNR);
        lines.add(
            String.format(
                Locale.ROOT,
                "%s over %s: %+.2f dB (%+.2f to %+.2f), scaled %+.2f dB (%+.2f to %+.2f)",
                last,
                other,
                raw.mean(),
                raw.low(),
                raw.high(),
                d.mean(),
                d.low(),
                d.high()));
      }
    }
    for (RealClips.Row r : real) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%s under %s by %s: identity %.3f, warp error %.3f of the input's (contrast %.3f)",
              r.clip(),
              r.map(),
              r.model(),
              r.identity(),
              r.steadiness().warpRatio(),
              r.steadiness().contrastRatio()));
    }
    return lines;
  }

  /** Writes {@code index.html}; pictures and videos are beside it. */
  public void write(Path folder) {
    AtomicFile.write(folder.resolve("index.html"), html().getBytes(StandardCharsets.UTF_8));
  }

  private String html() {
    StringBuilder out = new StringBuilder();
    out.append(
        """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><title>Pixel Cube: evaluation</title>
        <meta name="viewport" content="width=device-width">
        <style>
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 96rem; padding: 0 1rem;
               color-scheme: light dark }
        table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto }
        th, td { padding: .25rem .55rem; text-align: right; border-bottom: 1px solid #8884; white-space: nowrap }
        th:first-child, td:first-child { text-align: left }
        .best { font-weight: 700 } small { opacity: .7 }
        img { max-width: 100% } .clips { display: flex; flex-wrap: wrap; gap: .5rem }
        figure { margin: 0 } video { width: 14rem } svg text { fill: currentColor; font-size: 12px }
        </style>
        <h1>Evaluation</h1>
        """);
    out.append(
        "<p>Pixel Cube %s. %d trials of %d people: each rendered clip under one light, filmed with a camera's faults, relit to another light and compared with the render under it, on the subject alone. Intervals: 95&nbsp;%%, bootstrap over people.</p>%n"
            .formatted(
                escaped(Version.NUMBER),
                results.size(),
                results.stream().map(Evaluation.Result::clip).distinct().count()));
    out.append(
        "<p>Data: %s; split %s; maps %s; %d lights a clip, %d frames, seed %d.</p>%n"
            .formatted(
                escaped(
                    String.join(", ", request.datasets().stream().map(Validation::name).toList())),
                escaped(request.splits().toString().toLowerCase(Locale.ROOT)),
                escaped(request.maps().map(Validation::name).orElse("built in")),
                request.lights(),
                request.frames(),
                request.seed()));
    if (!results.isEmpty()) {
      means(out);
      bars(out, Measure.SCALED_PSNR);
      bars(out, Measure.PSNR);
      differences(out);
      worst(out);
      trials(out);
    }
    if (!real.isEmpty()) {
      real(out);
    }
    return out.append("</html>\n").toString();
  }

  private void means(StringBuilder out) {
    out.append("<h2>Means</h2><table><tr><th>contender");
    for (Measure m : Measure.values()) {
      String arrow =
          switch (m.goal()) {
            case MORE -> " ↑";
            case LESS -> " ↓";
            case ONE -> " → 1";
          };
      out.append("<th>").append(escaped(m.title())).append(arrow);
      if (!m.unit().isEmpty()) {
        out.append(" <small>").append(m.unit()).append("</small>");
      }
    }
    out.append("</tr>\n");
    for (String contender : request.contenders()) {
      out.append("<tr><td>").append(escaped(contender));
      for (Measure m : Measure.values()) {
        Interval i = mean(contender, m);
        out.append(isBest(contender, m) ? "<td class=best>" : "<td>")
            .append(m.text(i.mean()))
            .append("<br><small>")
            .append(i.clips() == 0 ? "" : m.text(i.low()) + "–" + m.text(i.high()))
            .append("</small>");
      }
      out.append("</tr>\n");
    }
    out.append("</table>\n");
  }

  private boolean isBest(String contender, Measure m) {
    double own = merit(contender, m);
    return !Double.isNaN(own)
        && request.contenders().stream()
            .mapToDouble(c -> merit(c, m))
            .allMatch(v -> Double.isNaN(v) || v <= own);
  }

  private double merit(String contender, Measure m) {
    double mean = mean(contender, m).mean();
    return switch (m.goal()) {
      case MORE -> mean;
      case LESS -> -mean;
      case ONE -> -Math.abs(mean - 1);
    };
  }

  /** A bar for each contender with its interval. */
  private void bars(StringBuilder out, Measure m) {
    List<Interval> all = request.contenders().stream().map(c -> mean(c, m)).toList();
    double most = all.stream().mapToDouble(Interval::high).filter(v -> v > 0).max().orElse(1);
    out.append(
        "<h3>%s</h3><svg width=\"640\" height=\"%d\" role=\"img\" aria-label=\"%s\">%n"
            .formatted(escaped(m.title()), 26 * all.size() + 6, escaped(m.title())));
    for (int i = 0; i < all.size(); i++) {
      Interval v = all.get(i);
      double x = 180;
      double scale = 380 / most;
      int y = 26 * i + 4;
      out.append(
          String.format(
              Locale.ROOT,
              "<text x=\"170\" y=\"%d\" text-anchor=\"end\">%s</text><rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"18\" fill=\"#5b8\"/><path d=\"M%.1f %dH%.1f\" stroke=\"currentColor\" stroke-width=\"2\"/><text x=\"%.1f\" y=\"%d\">%s</text>%n",
              y + 14,
              escaped(Validation.name(request.contenders().get(i))),
              x,
              y,
              Math.max(0, v.mean() * scale),
              x + v.low() * scale,
              y + 9,
              x + v.high() * scale,
              x + most * scale + 8,
              y + 14,
              m.text(v.mean())));
    }
    out.append("</svg>\n");
  }

  private void differences(StringBuilder out) {
    String last = request.contenders().getLast();
    out.append(
        "<h2>%s beside the others</h2><table><tr><th>over<th>PSNR<th>scaled PSNR<th>scaled SSIM<th>wins, scaled PSNR</tr>%n"
            .formatted(escaped(last)));
    for (String other : request.contenders()) {
      if (other.equals(last)) {
        continue;
      }
      long wins =
          results.stream()
              .filter(r -> r.value(last, Measure.SCALED_PSNR) > r.value(other, Measure.SCALED_PSNR))
              .count();
      out.append("<tr><td>").append(escaped(other));
      for (Measure m : List.of(Measure.PSNR, Measure.SCALED_PSNR, Measure.SCALED_SSIM)) {
        Interval d = difference(last, other, m);
        out.append(
            "<td>%s<br><small>%s to %s</small>"
                .formatted(m.text(d.mean()), m.text(d.low()), m.text(d.high())));
      }
      out.append("<td>%d of %d</tr>%n".formatted(wins, results.size()));
    }
    out.append("</table>\n");
  }

  private void worst(StringBuilder out) {
    String last = request.contenders().getLast();
    out.append("<h2>Worst of %s, by scaled PSNR</h2>%n".formatted(escaped(last)));
    results.stream()
        .sorted(Comparator.comparingDouble(r -> r.value(last, Measure.SCALED_PSNR)))
        .limit(WORST)
        .forEach(r ->
            out.append(
                "<figure><img loading=lazy alt=\"%s\" src=\"pictures/%s\"><figcaption>%s: %s dB scaled, %s dB</figcaption></figure>%n"
                    .formatted(
                        escaped(r.title()),
                        r.picture(),
                        escaped(r.title()),
                        Measure.SCALED_PSNR.text(r.value(last, Measure.SCALED_PSNR)),
                        Measure.PSNR.text(r.value(last, Measure.PSNR)))));
  }

  private void trials(StringBuilder out) {
    out.append("<details><summary>All trials</summary><table><tr><th>trial<th>contender");
    for (Measure m : Measure.values()) {
      out.append("<th>").append(escaped(m.title()));
    }
    out.append("</tr>\n");
    for (Evaluation.Result r : results) {
      for (String contender : request.contenders()) {
        out.append(
            "<tr><td><a href=\"pictures/%s\">%s</a><td>%s"
                .formatted(r.picture(), escaped(r.title()), escaped(contender)));
        for (Measure m : Measure.values()) {
          out.append("<td>").append(m.text(r.value(contender, m)));
        }
        out.append("</tr>\n");
      }
    }
    out.append("</table></details>\n");
  }

  private void real(StringBuilder out) {
    out.append(
        "<h2>Real clips</h2><table><tr><th>clip<th>map<th>model<th>identity ↑<th>warp error ÷ input's ↓<th>of it by contrast</tr>\n");
    for (RealClips.Row r : real) {
      out.append(
          String.format(
              Locale.ROOT,
              "<tr><td>%s<td>%s<td>%s<td>%.3f<td>%.3f<td>%.3f</tr>%n",
              escaped(r.clip()),
              escaped(r.map()),
              escaped(r.model()),
              r.identity(),
              r.steadiness().warpRatio(),
              r.steadiness().contrastRatio()));
    }
    out.append("</table>\n");
    Map<String, List<RealClips.Row>> groups = new LinkedHashMap<>();
    for (RealClips.Row r : real) {
      groups.computeIfAbsent(r.clip() + " under " + r.map(), _ -> new ArrayList<>()).add(r);
    }
    groups.forEach((title, rows) -> {
      out.append("<h3>%s</h3><div class=clips>%n".formatted(escaped(title)));
      for (RealClips.Row r : rows) {
        out.append(
            "<figure><video controls loop muted preload=metadata src=\"videos/%s\"></video><figcaption>%s</figcaption></figure>%n"
                .formatted(r.video(), escaped(r.model())));
      }
      out.append("</div>\n");
    });
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
