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
    if (patches <= 1) {
      return alpha;
    }
    float[] out = a.clone();
    for (int i = 0; i < out.length; i++) {
      if (label[i] == 0 || area[label[i]] < SMALLEST * largest) {
        out[i] = 0;
      }
    }
    return Image.data(w, h, 1, out);
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
