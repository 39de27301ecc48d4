package org.pixelcube.pipeline;

import org.pixelcube.image.Image;

/**
 * Removes specks of matte far from any subject: connected patches much smaller than the largest.
 */
final class Islands {
  /** A patch below this share of the largest one is no person. */
  private static final double SMALLEST = 0.02;

  private static final float COVERED = 0.08f;

  private Islands() {}

  /** The matte without its specks; the same image where there are none. */
  static Image removed(Image alpha) {
    int w = alpha.width();
    int h = alpha.height();
    float[] a = alpha.samples();
    int[] label = new int[a.length];
    int[] stack = new int[a.length];
    int[] area = new int[16];
    int patches = 0;
    for (int start = 0; start < a.length; start++) {
      if (a[start] < COVERED || label[start] != 0) {
        continue;
      }
      patches++;
      if (patches >= area.length) {
        area = java.util.Arrays.copyOf(area, 2 * area.length);
      }
      int top = 0;
      stack[top++] = start;
      label[start] = patches;
      while (top > 0) {
        int i = stack[--top];
        area[patches]++;
        int x = i % w;
        if (x > 0) {
          top = visit(i - 1, patches, a, label, stack, top);
        }
        if (x < w - 1) {
          top = visit(i + 1, patches, a, label, stack, top);
        }
        if (i >= w) {
          top = visit(i - w, patches, a, label, stack, top);
        }
        if (i < (h - 1) * w) {
          top = visit(i + w, patches, a, label, stack, top);
        }
      }
    }
    int largest = 0;
    for (int p = 1; p <= patches; p++) {
      largest = Math.max(largest, area[p]);
    }
    int specks = 0;
    for (int p = 1; p <= patches; p++) {
      specks += area[p] < SMALLEST * largest ? 1 : 0;
    }
    if (specks == 0) {
      return alpha;
    }
    spread(label, stack, a, w);
    float[] out = a.clone();
    for (int i = 0; i < out.length; i++) {
      if (label[i] > 0 && area[label[i]] < SMALLEST * largest) {
        out[i] = 0;
      }
    }
    return Image.data(w, h, 1, out);
  }

  /** Gives the faint rims to the patch they belong to, ring by ring. */
  private static void spread(int[] label, int[] queue, float[] a, int w) {
    int end = 0;
    for (int i = 0; i < label.length; i++) {
      if (label[i] > 0) {
        queue[end++] = i;
      }
    }
    for (int k = 0; k < end; k++) {
      int i = queue[k];
      int x = i % w;
      int patch = label[i];
      if (x > 0) {
        end = reach(i - 1, patch, a, label, queue, end);
      }
      if (x < w - 1) {
        end = reach(i + 1, patch, a, label, queue, end);
      }
      if (i >= w) {
        end = reach(i - w, patch, a, label, queue, end);
      }
      if (i < a.length - w) {
        end = reach(i + w, patch, a, label, queue, end);
      }
    }
  }

  private static int reach(int i, int patch, float[] a, int[] label, int[] queue, int end) {
    if (a[i] > 0 && label[i] == 0) {
      label[i] = patch;
      queue[end] = i;
      return end + 1;
    }
    return end;
  }

  private static int visit(int i, int patch, float[] a, int[] label, int[] stack, int top) {
    if (a[i] >= COVERED && label[i] == 0) {
      label[i] = patch;
      stack[top] = i;
      return top + 1;
    }
    return top;
  }
}
