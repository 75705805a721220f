package io.promdisco.server;

import java.io.IOException;

/** Changes of targets as server-sent events. */
final class Streams implements Exchange.Answer {
  static final String PATH = "/api/v1/targets/stream";

  private static final String TYPE = "text/event-stream;charset=utf-8";

  private final StreamHub hub;

  Streams(StreamHub hub) {
    this.hub = hub;
  }

  @Override
  public void to(Exchange exchange) throws IOException {
    String snapshot = exchange.parameter("snapshot");
    if (!snapshot.isEmpty() && !snapshot.equals("true") && !snapshot.equals("false")) {
      throw new RequestException(400, "snapshot: " + snapshot + " (expected true or false)");
    }
    if (exchange.method().equals("HEAD")) {
      exchange.send(TYPE, new byte[0]);
    } else {
      reserve(exchange);
      begin(exchange, !snapshot.equals("false"));
    }
  }

  private void reserve(Exchange exchange) {
    StreamHub.Admission place = hub.reserve(exchange.client());
    if (place == StreamHub.Admission.TAKEN) {
      return;
    }
    exchange.set("Retry-After", "10");
    if (place == StreamHub.Admission.NONE_FOR_CLIENT) {
      throw new RequestException(
          429,
          "this client has "
              + hub.mostPerClient()
              + " streams already (expected: one that ends, or serve"
              + " --web.max-streams-per-client)");
    }
    throw new RequestException(
        503, "there are " + hub.most() + " streams already (expected: one that ends)");
  }

  private void begin(Exchange exchange, boolean snapshot) {
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
