package io.promdisco.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A measured value over time, its regression line, and a chart of both. For one thread. */
final class MeasuredSeries {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 150;

  private final String name;
  private final String unit;
  private final List<Double> minutes = new ArrayList<>();
  private final List<Double> values = new ArrayList<>();

  MeasuredSeries(String name, String unit) {
    this.name = name;
    this.unit = unit;
  }

  void add(double minute, double value) {
    minutes.add(minute);
    values.add(value);
  }

  private double mean(List<Double> of) {
    return of.stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }

  double mean() {
    return mean(values);
  }

  double first() {
    return values.get(0);
  }

  /** The growth per minute, by least squares. */
  double slope() {
    double middle = mean(minutes);
    double mean = mean();
    double above = 0;
    double below = 0;
    for (int i = 0; i < values.size(); i++) {
      double x = minutes.get(i) - middle;
      above += x * (values.get(i) - mean);
      below += x * x;
    }
    return below == 0 ? 0 : above / below;
  }

  /** The growth from the first to the last sample, by the regression line. */
  double growth() {
    return slope() * (minutes.get(minutes.size() - 1) - minutes.get(0));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: mean %.1f %s, growth by regression %.2f %s over %d samples",
        name,
        mean(),
        unit,
        growth(),
        unit,
        values.size());
  }

  /** A chart as part of an SVG document, {@code top} pixels from the top. */
  String chart(int top) {
    double length = Math.max(1e-9, minutes.get(minutes.size() - 1) - minutes.get(0));
    double high = values.stream().mapToDouble(Double::doubleValue).max().orElse(1) * 1.1 + 1e-9;
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      double x = (minutes.get(i) - minutes.get(0)) / length * WIDTH;
      points.append(point(x, top + HEIGHT - values.get(i) / high * HEIGHT));
    }
    double left = mean() - growth() / 2;
    double right = mean() + growth() / 2;
    String line =
        point(0, top + HEIGHT - left / high * HEIGHT)
            + point(WIDTH, top + HEIGHT - right / high * HEIGHT);
    return "<text x='0' y='"
        + (top - 6)
        + "'>"
        + this
        + "</text><rect x='0' y='"
        + top
        + "' width='"
        + WIDTH
        + "' height='"
        + HEIGHT
        + "' fill='none' stroke='#ccc'/><polyline fill='none' stroke='#36c' points='"
        + points
        + "'/><polyline fill='none' stroke='#c33' stroke-dasharray='6' points='"
        + line
        + "'/>\n";
  }

  private static String point(double x, double y) {
    return String.format(Locale.ROOT, "%.1f,%.1f ", x, y);
  }

  /** A picture of several series. */
  static String picture(List<MeasuredSeries> all) {
    int step = HEIGHT + 50;
    StringBuilder svg = new StringBuilder("<svg xmlns='http://www.w3.org/2000/svg' width='");
    svg.append(WIDTH + 20).append("' height='").append(step * all.size() + 20);
    svg.append("' font-family='sans-serif' font-size='13'><g transform='translate(10 0)'>\n");
    for (int i = 0; i < all.size(); i++) {
      svg.append(all.get(i).chart(30 + step * i));
    }
    return svg.append("</g></svg>\n").toString();
  }
}
