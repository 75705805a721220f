package io.promdisco.server;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;

/** The page at {@code /}: three files, which load nothing from any other host. */
final class Page {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private Page() {}

  static void addTo(RoutesConfig routes) {
    routes.get("/", context -> send(context, "page.html", "text/html; charset=utf-8"));
    routes.get("/page.css", context -> send(context, "page.css", "text/css; charset=utf-8"));
    routes.get("/page.js", context -> send(context, "page.js", "text/javascript; charset=utf-8"));
  }

  private static void send(Context context, String file, String type) throws IOException {
    try (InputStream in = Page.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new FileNotFoundException(file + ": not on the class path (expected beside Page)");
      }
      context.header("Content-Security-Policy", POLICY);
      context.header("Referrer-Policy", "no-referrer");
      context.contentType(type).result(in.readAllBytes());
    }
  }
}
