package io.promdisco.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promdisco.testing.FakeServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

/** Attacks by servers that say which targets there are. */
final class SourceAttacks {
  private static final String GOOD = "[{\"targets\":[\"kept:1\"]}]";

  /** Of a target, after a labelmap. */
  private static final int MOST_LABELS = 100_000;

  private SourceAttacks() {}

  /** A server that gives one target until the attack begins, and is asked every second. */
  private abstract static class Hostile implements Attack {
    private final String job;
    private final String rules;
    private final FakeServer server = FakeServer.start(FakeServer.json(200, GOOD));

    Hostile(String job, String rules) {
      this.job = job;
      this.rules = rules;
    }

    /** What it answers from then on. */
    abstract FakeServer.Handler attack() throws IOException;

    @Override
    public String jobs(Path folder) {
      return "- job_name: %s\n  http_sd_configs: [{url: '%s', refresh_interval: 1s}]\n%s"
          .formatted(job, server.url(), rules);
    }

    @Override
    public Map<String, Integer> targets() {
      return Map.of(job, 1);
    }

    @Override
    public void begin(Victim victim) throws IOException {
      server.answer(attack());
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /** A group of so many labels, which are others with each answer and are mapped by a rule. */
  static Attack manyLabels(int labels) {
    return new Hostile(
        "labels-" + labels, "  relabel_configs: [{action: labelmap, regex: 'l_(.+)'}]\n") {
      private final AtomicInteger answers = new AtomicInteger();

      @Override
      public Map<String, Integer> targets() {
        return labels < MOST_LABELS / 2 ? super.targets() : Map.of(); // else its target fails
      }

      @Override
      FakeServer.Handler attack() {
        return exchange -> {
          StringBuilder json = new StringBuilder("[{\"targets\":[\"kept:1\"],\"labels\":{\"v\":\"");
          json.append(answers.incrementAndGet()).append('"');
          for (int i = 0; i < labels; i++) {
            json.append(",\"l_").append(i * 7919L % 1_000_003).append("\":\"v\"");
          }
          FakeServer.send(
              exchange, 200, "application/json", json.append("}}]").toString().getBytes(UTF_8));
        };
      }
    };
  }

  /** So many groups of one target, packed to about an eighth of a byte each. */
  static Attack tinyGroups(int groups) {
    return new Hostile("groups", "") {
      @Override
      FakeServer.Handler attack() {
        byte[] body = packed(groups);
        return exchange -> {
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          FakeServer.send(exchange, 200, "application/json", body);
        };
      }
    };
  }

  /** A packed answer of so many groups. */
  static byte[] packed(int groups) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed, 1 << 16)) {
      byte[] thousand = "{\"targets\":[\"a\"]},".repeat(1000).getBytes(UTF_8);
      out.write('[');
      for (int i = 0; i < groups / 1000; i++) {
        out.write(thousand);
      }
      out.write("{\"targets\":[]}]".getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
