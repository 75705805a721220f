package io.promdisco.scrape;

import com.google.common.hash.Hashing;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.Internal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A document that is made once and sent many times, with its entity tag. Safe for all threads.
 *
 * @hidden
 */
@Internal
public final class RenderedDocument {
  private final byte[] plain;
  private final String tag;

  @GuardedBy("this")
  private byte @Nullable [] gzip;

  /** Creates a document. The array is not copied. */
  public RenderedDocument(byte[] plain) {
    this.plain = plain;
    this.tag = Hashing.murmur3_128().hashBytes(plain).toString();
  }

  /** Returns the body, which must not be changed. */
  public byte[] plain() {
    return plain;
  }

  /**
   * Returns the compressed body. It is compressed on first use, at the fastest level, because the
   * next change replaces it.
   */
  public synchronized byte[] gzip() throws IOException {
    if (gzip == null) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 8 + 64);
      try (GZIPOutputStream zip = new Fast(out)) {
        zip.write(plain);
      }
      gzip = out.toByteArray();
    }
    return gzip;
  }

  /** Returns the entity tag, which is the same in every process with the same content. */
  public String tag(boolean zipped) {
    return "\"" + tag + (zipped ? "-gzip\"" : "\"");
  }

  /** Whether the client has it already, compressed or not. */
  public boolean isKnownBy(String ifNoneMatch) {
    return ifNoneMatch.trim().equals("*") || ifNoneMatch.contains("\"" + tag);
  }

  private static final class Fast extends GZIPOutputStream {
    Fast(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
