package org.pixelcube.video;

/**
 * An exact fraction, as containers keep time bases and frame rates; not reduced.
 *
 * @param num numerator
 * @param den denominator, above 0
 */
public record Rational(long num, long den) {
  /** Checks that the denominator is positive. */
  public Rational {
    if (den <= 0) {
      throw new IllegalArgumentException("denominator %d is not positive".formatted(den));
    }
  }

  /** The quotient, rounded to a double. */
  public double toDouble() {
    return (double) num / den;
  }

  /** den/num. */
  public Rational inverse() {
    return new Rational(den, num);
  }

  /** True if both are the same number, 1/2 and 2/4 alike. */
  public boolean sameValueAs(Rational o) {
    return Math.multiplyHigh(num, o.den) == Math.multiplyHigh(o.num, den)
        && num * o.den == o.num * den;
  }

  @Override
  public String toString() {
    return num + "/" + den;
  }
}
