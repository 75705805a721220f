package io.promdisco.scrape;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** A part of a JSON document that is written part by part, so that it need not be in memory. */
@FunctionalInterface
public interface DocumentPart {
  /** Writes the part behind those before it. */
  void write(JsonGenerator json) throws IOException;
}
