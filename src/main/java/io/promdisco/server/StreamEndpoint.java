package io.promdisco.server;

import io.promdisco.server.access.ClientAddress;
import java.io.IOException;

/** Changes of targets as server-sent events. */
final class StreamEndpoint implements ServerExchange.Answer {
  static final String PATH = "/api/v1/targets/stream";

  private static final String TYPE = "text/event-stream;charset=utf-8";

  private final StreamHub hub;

  StreamEndpoint(StreamHub hub) {
    this.hub = hub;
  }

  @Override
  public void to(ServerExchange exchange) throws IOException {
    String snapshot = exchange.parameter("snapshot");
    if (!snapshot.isEmpty() && !snapshot.equals("true") && !snapshot.equals("false")) {
      throw new RequestException(400, "snapshot: " + snapshot + " (expected true or false)");
    }
    if (exchange.method().equals("HEAD")) {
      exchange.send(TYPE, new byte[0]);
    } else {
      hub.reserve(exchange.client());
      begin(exchange, !snapshot.equals("false"));
    }
  }

  private void begin(ServerExchange exchange, boolean snapshot) {
    boolean started = false;
    try {
      String last = exchange.header("Last-Event-ID");
      StreamRequest wanted =
          new StreamRequest(exchange.parameter("scrapePool"), snapshot, last == null ? "" : last);
      StreamSource source = hub.source(wanted);
      if (source.beginsWithSnapshot() && !wanted.job().isEmpty()) {
        hub.requireComplete(wanted.job());
      }
      // Buffering proxies would delay the changes.
      exchange.set("X-Accel-Buffering", "no");
      ClientAddress client = exchange.client();
      TargetStream stream =
          new TargetStream(
              source,
              exchange.beginLongAnswer(TYPE),
              exchange::later,
              ended -> {
                hub.ended(ended, client);
                source.close();
              });
      started = true;
      hub.start(stream);
    } finally {
      if (!started) {
        hub.release(exchange.client());
      }
    }
  }
}
