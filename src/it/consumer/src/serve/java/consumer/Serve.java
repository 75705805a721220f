package consumer;

import io.promdisco.Promdisco;
import io.promdisco.server.PromdiscoServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;

/** Serves a configuration file, and asks itself for the targets of a job. */
public final class Serve {
  private Serve() {}

  /** Takes the path of a configuration file and the name of a job. */
  public static void main(String[] args) throws Exception {
    PromdiscoServer.Builder builder =
        PromdiscoServer.builder().configFile(Path.of(args[0])).listen("127.0.0.1", 0);
    try (Promdisco promdisco = Promdisco.builder().build();
        PromdiscoServer server = builder.start(promdisco)) {
      promdisco.awaitSynced(Duration.ofSeconds(10));
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(server.url() + "/http-sd/" + args[1])).build();
      System.out.println(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
    }
  }
}
