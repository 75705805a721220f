package io.promdisco.server;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The files of the page at {@code /}, which loads nothing from other hosts. */
final class PageFiles {
  /**
   * Allows scripts and styles from this server only, and none inside the HTML. Scripts cannot turn
   * text into HTML.
   */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";

  private static final List<String> PARTS =
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

  private static final Map<String, byte[]> READ = new ConcurrentHashMap<>();

  /** The files by path. */
  static final Map<String, String> FILES = files();

  private PageFiles() {}

  private static Map<String, String> files() {
    Map<String, String> files = new HashMap<>();
    files.put("/", "index.html");
    PARTS.forEach(part -> files.put("/page/" + part, part));
    return files;
  }

  static void send(ServerExchange exchange, String file) throws IOException {
    exchange.set("Content-Security-Policy", POLICY).set("Referrer-Policy", "no-referrer");
    exchange.send(type(file), read("page/" + file));
  }

  /** Reads a file next to this class. It is read once and shared by all answers. */
  static byte[] read(String path) throws IOException {
    byte[] known = READ.get(path);
    if (known != null) {
      return known;
    }
    try (InputStream in = PageFiles.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new FileNotFoundException(
            path + ": not on the class path (expected beside PageFiles)");
      }
      byte[] content = in.readAllBytes();
      READ.put(path, content);
      return content;
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
