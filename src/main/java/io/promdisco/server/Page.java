package io.promdisco.server;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The page at {@code /}: files of the jar, which load nothing from any other host. */
final class Page {
  /**
   * Scripts and styles from here only and none in the markup; text cannot become markup, for no
   * script may make any.
   */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";

  private static final List<String> FILES =
      List.of(
          "page.css",
          "icon.svg",
          "theme.js",
          "page.js",
          "api.js",
          "details.js",
          "dom.js",
          "list.js",
          "overview.js",
          "pod.js",
          "spark.js",
          "why.js");

  private Page() {}

  static void addTo(RoutesConfig routes) {
    routes.get("/", context -> send(context, "index.html"));
    for (String file : FILES) {
      routes.get("/page/" + file, context -> send(context, file));
    }
  }

  private static void send(Context context, String file) throws IOException {
    byte[] content = read("page/" + file);
    context.header("Content-Security-Policy", POLICY);
    context.header("Referrer-Policy", "no-referrer");
    context.contentType(type(file)).result(content);
  }

  /** A file that lies beside this class. */
  static byte[] read(String path) throws IOException {
    try (InputStream in = Page.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new FileNotFoundException(path + ": not on the class path (expected beside Page)");
      }
      return in.readAllBytes();
    }
  }

  private static String type(String file) {
    return switch (file.substring(file.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "svg" -> "image/svg+xml";
      default -> "text/javascript; charset=utf-8";
    };
  }
}
