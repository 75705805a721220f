package io.promdisco.scrape;

import com.fasterxml.jackson.core.JsonGenerator;
import io.promdisco.Internal;
import java.io.IOException;

/**
 * A part of a JSON document that is written in parts, so that it is never in memory as a whole.
 *
 * @hidden
 */
@FunctionalInterface
@Internal
public interface DocumentPart {
  /** Writes this part after the previous ones. */
  void write(JsonGenerator json) throws IOException;
}
