package io.promdisco.server;

import io.prometheus.client.Collector;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The metrics as text, one metric family at a time. */
final class MetricsText implements Iterator<byte[]> {
  /** The end of an OpenMetrics document, and of each family that is written separately. */
  private static final String END = "# EOF\n";

  private final String type;
  private final Enumeration<Collector.MetricFamilySamples> families;
  private boolean ended;

  MetricsText(String type, Enumeration<Collector.MetricFamilySamples> families) {
    this.type = type;
    this.families = families;
  }

  @Override
  public boolean hasNext() {
    return !ended;
  }

  @Override
  public byte[] next() {
    if (ended) {
      throw new NoSuchElementException("all families are written");
    }
    ended = !families.hasMoreElements();
    StringWriter text = new StringWriter();
    try {
      TextFormat.writeFormat(
          type,
          text,
          ended
              ? Collections.emptyEnumeration()
              : Collections.enumeration(Collections.singleton(families.nextElement())));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter throws none
    }
    String family = text.toString();
    boolean more = !ended && family.endsWith(END);
    return (more ? family.substring(0, family.length() - END.length()) : family)
        .getBytes(StandardCharsets.UTF_8);
  }
}
