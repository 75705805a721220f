package io.promdisco.monitors.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.Metrics;
import io.promdisco.monitors.CompiledMonitors;
import io.promdisco.monitors.DataName;
import io.promdisco.monitors.MonitorCompiler;
import io.promdisco.monitors.MonitorKind;
import io.promdisco.monitors.MonitorObjects;
import io.promdisco.monitors.MonitorSettings;
import io.promdisco.monitors.MonitorSnapshot;
import io.promdisco.providers.kubernetes.object.DocumentView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.providers.kubernetes.watch.WatchPool;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import io.promdisco.util.Closer;
import io.promdisco.util.Ticker;
import io.promdisco.workqueue.TaskQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Watches the monitors of a cluster, and each Secret and ConfigMap that they name, and compiles
 * them anew after each change. What cannot be read stays as it was last. A kind whose CRD is
 * missing has no monitors; it is asked for again until it is there. Namespaces are read only where
 * the settings select by their labels.
 *
 * <p>One thread, {@code sd-monitors}, compiles and calls the listener. Safe for all threads.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/api-concepts/">API concepts</a>
 */
public final class MonitorFollower implements AutoCloseable {
  /** The most Secrets and ConfigMaps that are followed, each with a watch. */
  public static final int MOST_DATA = 500;

  /** The most of one namespace, so that it does not take all of them. */
  public static final int MOST_DATA_OF_NAMESPACE = 100;

  private static final String TOO_MANY =
      "monitors name too many Secrets and ConfigMaps (expected: at most "
          + MOST_DATA_OF_NAMESPACE
          + " in a namespace and "
          + MOST_DATA
          + " in all)";

  /** The names that an API server accepts. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  private static final Resource<DocumentView> SECRETS = data("secrets", "Secret");
  private static final Resource<DocumentView> CONFIG_MAPS = data("configmaps", "ConfigMap");

  private static final Comparator<DataName> ORDER =
      Comparator.comparing(DataName::namespace)
          .thenComparing(DataName::name)
          .thenComparing(DataName::isSecret);

  private final MonitorSettings settings;
  private final MonitorCompiler compiler;
  private final Consumer<CompiledMonitors> listener;
  private final Closer closer = new Closer();
  private final WatchPool pool;
  private final TaskQueue<String> changes;
  private final CountDownLatch answered = new CountDownLatch(1);
  private final Map<String, FollowedObjects<DocumentView>> kinds = new TreeMap<>();
  private final @Nullable FollowedObjects<MetadataView> namespaces;
  private volatile @Nullable MonitorSnapshot latest; // written by sd-monitors
  private volatile boolean known; // written by sd-monitors
  private volatile boolean isStarted; // all watches are

  // Of sd-monitors.
  private final Map<DataName, FollowedObjects<DocumentView>> data = new HashMap<>();

  /**
   * Starts to watch.
   *
   * @param cluster which API server, as a discovery config names it
   * @param clients reaches it
   * @param metrics counts the failures of watches
   * @param listener is called with the monitors once all have been read or refused, and after each
   *     change of jobs or rejections; what it throws is logged, and the call is repeated
   * @throws DiscoveryException if there is no cluster to connect to
   */
  public MonitorFollower(
      MonitorSettings settings,
      KubernetesSdConfig cluster,
      ResourceClientFactory clients,
      Ticker ticker,
      Metrics metrics,
      Consumer<CompiledMonitors> listener)
      throws DiscoveryException {
    this.settings = settings;
    this.listener = listener;
    compiler = new MonitorCompiler(settings);
    pool = closer.add(new WatchPool(closer.add(clients.open(cluster)), ticker, metrics));
    changes = closer.add(new TaskQueue<>("monitors", ticker, task -> compile()));
    List<WatchScope> scopes = new ArrayList<>();
    settings.allowedNamespaces().stream()
        .sorted()
        .forEach(namespace -> scopes.add(new WatchScope(namespace, "", "")));
    if (scopes.isEmpty()) {
      scopes.add(WatchScope.ALL);
    }
    namespaces = settings.readsNamespaces() ? follow(Resource.NAMESPACES, WatchScope.ALL) : null;
    for (MonitorKind kind : MonitorKind.values()) {
      if (settings.selects(kind)) {
        for (WatchScope scope : scopes) {
          String where = scope.namespace().isEmpty() ? "" : " in namespace " + scope.namespace();
          kinds.put(resource(kind).plural() + where, follow(resource(kind), scope));
        }
      }
    }
    isStarted = true;
    changed();
  }

  private static Resource<DocumentView> resource(MonitorKind kind) {
    String plural = kind.kind().toLowerCase(Locale.ROOT) + "s";
    return new Resource<>(
        MonitorKind.GROUP, kind.version(), plural, kind.kind(), true, DocumentView.class);
  }

  private static Resource<DocumentView> data(String plural, String kind) {
    return new Resource<>("", "v1", plural, kind, true, DocumentView.class);
  }

  private <V extends KubeObject> FollowedObjects<V> follow(Resource<V> resource, WatchScope scope) {
    return new FollowedObjects<>(pool, resource, scope, this::changed);
  }

  private void changed() {
    if (isStarted) {
      changes.putSkippable("changes");
    }
  }

  /**
   * Waits until every kind, and everything that monitors name, has been read or refused.
   *
   * @return false if {@code timeout} elapsed first
   */
  public boolean awaitAnswers(Duration timeout) throws InterruptedException {
    return answered.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Returns the monitors and their jobs; nothing while they are being read for the first time. */
  public Optional<MonitorSnapshot> snapshot() {
    return Optional.ofNullable(latest);
  }

  /** Returns a line for each kind that cannot be read now: what, why, and what to do. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    all()
        .forEach(
            (name, followed) -> {
              if (!followed.failure().isEmpty()) {
                problems.add(name + ": " + followed.failure());
              }
            });
    return problems;
  }

  private Map<String, FollowedObjects<?>> all() {
    Map<String, FollowedObjects<?>> all = new TreeMap<>(kinds);
    if (namespaces != null) {
      all.put(Resource.NAMESPACES.plural(), namespaces);
    }
    return all;
  }

  /**
   * Returns what must be read before all monitors are known; empty: they are, or were once. A kind
   * without a CRD is known to have none.
   */
  public String waitingFor() {
    if (known) {
      return "";
    }
    String unknown =
        all().entrySet().stream()
            .filter(entry -> !entry.getValue().isKnown())
            .map(
                entry ->
                    entry.getKey()
                        + ": "
                        + (entry.getValue().failure().isEmpty()
                            ? "not read yet"
                            : entry.getValue().failure()))
            .collect(Collectors.joining("; "));
    return "monitors: " + (unknown.isEmpty() ? "what they name is not read yet" : unknown);
  }

  /** Compiles what is known; what is thrown means that it is to be tried again. */
  private void compile() {
    FollowedObjects<MetadataView> ofNamespaces = namespaces;
    if (ofNamespaces != null && !ofNamespaces.isSynced()) {
      return; // Which monitors are selected is not known.
    }
    boolean isAnswered = kinds.values().stream().allMatch(FollowedObjects::isAnswered);
    boolean isKnown = kinds.values().stream().allMatch(FollowedObjects::isKnown);
    List<JsonNode> objects = new ArrayList<>();
    kinds.values().forEach(kind -> addTo(objects, kind));
    if (ofNamespaces != null) {
      ofNamespaces.objects().forEach(namespace -> objects.add(document(namespace)));
    }
    Map<DataName, String> states = new HashMap<>(); // of those that are not known
    Set<DataName> synced = new HashSet<>();
    for (Map.Entry<DataName, FollowedObjects<DocumentView>> entry : data.entrySet()) {
      FollowedObjects<DocumentView> followed = entry.getValue();
      if (followed.isSynced()) {
        synced.add(entry.getKey());
        addTo(objects, followed);
      } else {
        states.put(entry.getKey(), followed.failure());
        isAnswered &= followed.isAnswered();
      }
    }
    boolean isFull = data.size() >= MOST_DATA;
    Set<String> full = fullNamespaces();
    MonitorObjects read =
        MonitorObjects.of(
            objects,
            name -> {
              if (synced.contains(name) || !NAME.matcher(name.name()).matches()) {
                return null;
              }
              String failure = states.get(name);
              if (failure != null) {
                return failure;
              }
              return isFull || full.contains(name.namespace()) ? TOO_MANY : "";
            });
    MonitorSnapshot now = new MonitorSnapshot(settings, read, compiler.compile(read));
    boolean isSame = follow(now.compiled().references());
    if (isAnswered && isSame) {
      publish(now);
      known |= isKnown;
      answered.countDown();
    } else if (latest != null) {
      publish(now);
    }
  }

  private static void addTo(List<JsonNode> objects, FollowedObjects<DocumentView> followed) {
    followed.objects().forEach(object -> objects.add(object.document()));
  }

  private static ObjectNode document(MetadataView namespace) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("apiVersion", "v1").put("kind", "Namespace");
    ObjectNode metadata = document.putObject("metadata").put("name", namespace.meta().name());
    ObjectNode labels = metadata.putObject("labels");
    namespace.meta().labels().forEach(labels::put);
    return document;
  }

  /** Returns the namespaces of which no more Secrets and ConfigMaps are followed. */
  private Set<String> fullNamespaces() {
    return data.keySet().stream()
        .collect(Collectors.groupingBy(DataName::namespace, Collectors.counting()))
        .entrySet()
        .stream()
        .filter(count -> count.getValue() >= MOST_DATA_OF_NAMESPACE)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /**
   * Follows what monitors name, and nothing else.
   *
   * @return whether that is what has been followed so far
   */
  private boolean follow(Set<DataName> references) {
    List<DataName> gone =
        data.keySet().stream().filter(name -> !references.contains(name)).toList();
    for (DataName name : gone) {
      FollowedObjects<DocumentView> followed = data.remove(name);
      if (followed != null) {
        followed.close();
      }
    }
    if (!gone.isEmpty()) {
      changed(); // There may be room for others.
    }
    boolean isSame = true;
    for (DataName name : references.stream().sorted(ORDER).toList()) {
      if (!data.containsKey(name)
          && NAME.matcher(name.name()).matches()
          && data.size() < MOST_DATA
          && !fullNamespaces().contains(name.namespace())) {
        WatchScope scope = new WatchScope(name.namespace(), "", "metadata.name=" + name.name());
        data.put(name, follow(name.isSecret() ? SECRETS : CONFIG_MAPS, scope));
        isSame = false;
      }
    }
    return isSame;
  }

  private void publish(MonitorSnapshot now) {
    MonitorSnapshot before = latest;
    if (before == null || !isSame(before.compiled(), now.compiled())) {
      listener.accept(now.compiled());
    }
    latest = now;
  }

  /** Whether the jobs are the very same objects, and the rejections equal. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(CompiledMonitors one, CompiledMonitors other) {
    boolean same =
        one.jobs().size() == other.jobs().size() && one.rejected().equals(other.rejected());
    for (int i = 0; same && i < one.jobs().size(); i++) {
      same = one.jobs().get(i) == other.jobs().get(i);
    }
    return same;
  }

  /** Ends the watches. */
  @Override
  public void close() {
    closer.close();
  }
}
