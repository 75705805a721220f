package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.offline.ObjectSelector;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Answers lists: pages, versions, selectors. */
final class ListRequests {
  private static final String EXACT = "Exact";
  private static final String NOT_OLDER_THAN = "NotOlderThan";

  private final SimCluster cluster;

  ListRequests(SimCluster cluster) {
    this.cluster = cluster;
  }

  byte[] list(Route route, HttpRequest request, Codec codec, Optional<InjectedFault> injection) {
    if (!request.parameter("sendInitialEvents").isEmpty()) {
      throw invalid("sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list");
    }
    ObjectSelector selection = selection(route, request);
    ListPage page = page(route, request, selection);
    ObjectNode metadata = KubernetesJson.object();
    metadata.put("resourceVersion", Long.toString(page.resourceVersion()));
    if (!page.continueAfter().isEmpty()) {
      metadata.put("continue", token(page.resourceVersion(), page.continueAfter()));
      if (page.remaining() > 0) {
        metadata.put("remainingItemCount", (long) page.remaining());
      }
    }
    List<ObjectNode> items = new ArrayList<>(page.items());
    if (injection.isPresent()) {
      disorder(items, injection.get().rule().fault());
    }
    return codec.list(
        route.resource().apiVersion(), route.resource().kind() + "List", metadata, items);
  }

  private static void disorder(List<ObjectNode> items, Fault fault) {
    if (fault == Fault.Disorder.DUPLICATE) {
      items.addAll(List.copyOf(items));
    } else if (fault == Fault.Disorder.SWAP) {
      Collections.reverse(items);
    }
  }

  static ObjectSelector selection(Route route, HttpRequest request) {
    return SimCluster.selection(
        route.resource(),
        new WatchScope(
            route.namespace(),
            request.parameter("labelSelector"),
            request.parameter("fieldSelector")));
  }

  private ListPage page(Route route, HttpRequest request, ObjectSelector selection) {
    int limit = limit(request);
    String version = request.parameter("resourceVersion");
    String match = request.parameter("resourceVersionMatch");
    String token = request.parameter("continue");
    requireSensible(version, match, token);
    if (!token.isEmpty()) {
      return next(route, selection, token, limit);
    }
    long at = SimCluster.parseVersion(version);
    requirePresent(cluster, at);
    boolean exact = match.equals(EXACT) || (match.isEmpty() && limit > 0 && at > 0);
    // A real server answers version 0 from its cache without pages, whatever the limit.
    boolean fromCache = version.equals("0");
    return cluster.page(route.resource(), selection, exact ? at : 0, "", fromCache ? 0 : limit);
  }

  private static void requireSensible(String version, String match, String token) {
    if (!match.isEmpty()) {
      if (version.isEmpty()) {
        throw invalid(
            "resourceVersionMatch: Forbidden: forbidden unless resourceVersion is provided");
      }
      if (!token.isEmpty()) {
        throw invalid("resourceVersionMatch: Forbidden: forbidden when continue is provided");
      }
      if (!match.equals(EXACT) && !match.equals(NOT_OLDER_THAN)) {
        throw invalid(
            "resourceVersionMatch: Unsupported value: \""
                + match
                + "\": supported values: \"Exact\", \"NotOlderThan\"");
      }
      if (match.equals(EXACT) && version.equals("0")) {
        throw invalid("resourceVersionMatch: Forbidden: Exact is forbidden for resourceVersion 0");
      }
    }
    if (!token.isEmpty() && !version.isEmpty() && !version.equals("0")) {
      throw StatusException.badRequest(
          "specifying resource version is not allowed when using continue");
    }
  }

  /** Rejects a future version: the client has talked to another server. */
  static void requirePresent(SimCluster cluster, long at) {
    long newest = cluster.resourceVersion();
    if (at > newest) {
      throw StatusException.retryLater(
          504, "Too large resource version: " + at + ", current: " + newest, 1);
    }
  }

  private static int limit(HttpRequest request) {
    String limit = request.parameter("limit");
    try {
      int number = limit.isEmpty() ? 0 : Integer.parseInt(limit);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw StatusException.badRequest("limit: Invalid value: \"" + limit + "\": not a number");
    }
    throw StatusException.badRequest("limit: Invalid value: \"" + limit + "\": negative");
  }

  private static String token(long version, String after) {
    byte[] text = (version + ":" + after).getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text);
  }

  private ListPage next(Route route, ObjectSelector selection, String token, int limit) {
    long at;
    String after;
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      at = Long.parseLong(text.substring(0, Math.max(0, colon)));
      after = text.substring(colon + 1);
    } catch (IllegalArgumentException e) {
      throw StatusException.badRequest("continue key is not valid: " + token);
    }
    return cluster.page(route.resource(), selection, at, after, limit);
  }

  private static StatusException invalid(String why) {
    return StatusException.invalid("ListOptions.meta.k8s.io \"\"", why);
  }
}
