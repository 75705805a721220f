package io.promdisco.providers.dns;

import io.promdisco.util.UserFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The servers and search domains of {@code resolv.conf}. Reads the file as Prometheus does: every
 * server is used, not only the first three, and {@code timeout} and {@code attempts} have no
 * effect.
 *
 * @param servers in the order of the file
 * @param search domains in which an incomplete name is looked up, in order
 * @param ndots a name with more labels than this is first looked up unchanged
 */
record ResolverSettings(List<String> servers, List<String> search, int ndots) {
  private static final int LARGEST = 1 << 20;
  private static final int MOST_DOTS = 15;
  private static final String ROOT = ".";

  /** Copies the lists. */
  ResolverSettings {
    servers = List.copyOf(servers);
    search = List.copyOf(search);
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read; the message names the file and says why
   */
  static ResolverSettings read(Path file) throws IOException {
    try (InputStream in = UserFiles.open(file, LARGEST)) {
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": no such file (expected: one that names DNS servers)", e);
    } catch (IOException e) {
      throw new IOException(file + ": cannot be read: " + reason(e, file), e);
    }
  }

  private static String reason(IOException e, Path file) {
    if (e instanceof java.nio.file.AccessDeniedException) {
      return "permission denied";
    }
    String message = e.getMessage();
    return message == null || message.equals(file.toString()) ? e.toString() : message;
  }

  /** Ignores unknown lines and options. Of several search lists, the last is used. */
  static ResolverSettings parse(String text) {
    List<String> servers = new ArrayList<>();
    List<String> search = List.of();
    int ndots = 1;
    for (String line : text.split("\n", -1)) {
      String[] words = line.strip().split("\\s+");
      switch (words[0]) {
        case "nameserver" -> servers.addAll(List.of(words).subList(1, Math.min(2, words.length)));
        case "domain" -> search = List.of(words).subList(1, Math.min(2, words.length));
        case "search" -> search = List.of(words).subList(1, words.length);
        case "options" -> {
          for (String option : words) {
            if (option.startsWith("ndots:")) {
              ndots = dots(option.substring("ndots:".length()));
            }
          }
        }
        default -> {}
      }
    }
    return new ResolverSettings(servers, search, ndots);
  }

  /** Text that is not a number counts as 0. */
  private static int dots(String number) {
    try {
      return Math.max(0, Math.min(MOST_DOTS, Integer.parseInt(number)));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Returns the complete names to look up for {@code name}, in order. They may be invalid. */
  List<String> names(String name) {
    if (DnsNames.isComplete(name)) {
      return List.of(name);
    }
    String complete = name + ROOT;
    List<String> names = new ArrayList<>();
    for (String domain : search) {
      // The root as a search domain, which systemd-resolved writes, adds nothing to the name.
      names.add(domain.equals(ROOT) ? complete : DnsNames.completed(complete + domain));
    }
    boolean asItIsFirst = DnsNames.labels(name) > ndots;
    names.add(asItIsFirst ? 0 : names.size(), complete);
    return names.stream().distinct().toList();
  }
}
