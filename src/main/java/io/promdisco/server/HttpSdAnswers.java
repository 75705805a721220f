package io.promdisco.server;

import com.google.common.hash.Hashing;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.scrape.HttpSdDocument;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The answers of HTTP service discovery, made once for each change of a job and for all readers:
 * who asks while one is being made waits for it. Safe for all threads.
 */
final class HttpSdAnswers {
  private final Map<Key, Entry> entries = new ConcurrentHashMap<>();

  private record Key(String job, boolean relabeled) {}

  /** One document. */
  static final class Answer {
    private final byte[] plain;
    private final String tag;

    @GuardedBy("this")
    private byte @Nullable [] gzip;

    private Answer(byte[] plain) {
      this.plain = plain;
      this.tag = Hashing.murmur3_128().hashBytes(plain).toString();
    }

    byte[] plain() {
      return plain;
    }

    /** Made when somebody asks first; fast, for it goes with the next change. */
    synchronized byte[] gzip() throws IOException {
      if (gzip == null) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 8 + 64);
        try (GZIPOutputStream zip = new Fast(out)) {
          zip.write(plain);
        }
        gzip = out.toByteArray();
      }
      return gzip;
    }

    /** The entity tag, which is the same in every process that has the same targets. */
    String tag(boolean zipped) {
      return "\"" + tag + (zipped ? "-gzip\"" : "\"");
    }

    /** Whether the reader has it already, in whichever coding. */
    boolean isKnownBy(String ifNoneMatch) {
      return ifNoneMatch.trim().equals("*") || ifNoneMatch.contains("\"" + tag);
    }
  }

  private static final class Fast extends GZIPOutputStream {
    Fast(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  private static final class Entry {
    @GuardedBy("this")
    private long revision = -1;

    @GuardedBy("this")
    private @Nullable Answer answer;

    synchronized Answer of(PoolView pool, boolean relabeled) throws IOException {
      long now = pool.revision(); // before the targets are read: what comes after is another one
      Answer known = answer;
      if (known != null && revision == now) {
        return known;
      }
      List<Target> targets = pool.activeTargets();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      if (relabeled) {
        HttpSdDocument.write(targets, out);
      } else {
        HttpSdDocument.writeDiscovered(targets, out);
      }
      Answer made = new Answer(out.toByteArray());
      answer = made;
      revision = now;
      return made;
    }
  }

  /** The answer as of now. */
  Answer of(PoolView pool, boolean relabeled) throws IOException {
    return entries
        .computeIfAbsent(new Key(pool.job(), relabeled), key -> new Entry())
        .of(pool, relabeled);
  }

  /** Forgets the answers of jobs that are gone. */
  void retain(Set<String> jobs) {
    entries.keySet().removeIf(key -> !jobs.contains(key.job()));
  }
}
