package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.util.Nouns;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A small cluster with a shop that changes step by step, in a loop: it rolls out versions, scales,
 * runs a cron job, and loses a node and gets it back. The same steps always write the same objects.
 * Safe for all threads.
 */
public final class DemoCluster implements AutoCloseable {
  private static final String LOST_NODE = "node-2";
  private static final String CRON_JOB = "settlement";

  /** A node for pods. */
  private record Place(String node, int number) {}

  private final SimCluster cluster;
  private final Deque<Supplier<String>> steps = new ArrayDeque<>();
  private final List<Place> places = new ArrayList<>();
  private final List<DemoWorkload> workloads = new ArrayList<>();
  private final DemoWorkload frontend;
  private final DemoWorkload cart;
  private int scene;
  private int placed;

  @GuardedBy("this")
  private boolean closed;

  @GuardedBy("this")
  private Ticker.@Nullable Alarm next;

  private DemoCluster(SimCluster cluster) {
    this.cluster = cluster;
    frontend = workload("shop", "frontend", 3, 8080, 9090, "/metrics");
    cart = workload("shop", "cart", 2, 8080, 9090, "/metrics");
    workload("shop", "catalog", 2, 8080, 8081, "/actuator/prometheus");
    workload("payments", "gateway", 2, 8443, 9100, "/metrics");
    workload("payments", "ledger", 1, 5432, 9187, "/metrics");
    workload("monitoring", "grafana", 1, 3000, 3000, "");
    workload("kube-system", "coredns", 2, 53, 9153, "/metrics");
  }

  private DemoWorkload workload(
      String namespace, String app, int replicas, int port, int metricsPort, String path) {
    DemoWorkload made =
        new DemoWorkload(cluster, namespace, app, replicas, port, metricsPort, path);
    workloads.add(made);
    return made;
  }

  /** Fills {@code cluster} with the running shop. */
  public static DemoCluster create(SimCluster cluster) {
    DemoCluster demo = new DemoCluster(cluster);
    demo.build();
    return demo;
  }

  private synchronized void build() {
    cluster.apply(DemoObjects.namespace("shop", "web"));
    cluster.apply(DemoObjects.namespace("payments", "money"));
    cluster.apply(DemoObjects.namespace("monitoring", "platform"));
    cluster.apply(DemoObjects.namespace("kube-system", "platform"));
    for (int number = 1; number <= 3; number++) {
      addNode("node-" + number, number);
    }
    int number = 10;
    for (DemoWorkload workload : workloads) {
      workload.applyService(number++);
      workload.applyReplicaSet();
      for (int i = 0; i < workload.replicas(); i++) {
        String pod = workload.createPod();
        start(workload.namespace(), pod);
        setReady(workload.namespace(), pod, true);
      }
      workload.syncEndpoints();
    }
    cluster.apply(DemoObjects.ingress("shop", "shop", "shop.demo", "/", "frontend"));
    cluster.apply(DemoObjects.ingress("shop", "cart", "shop.demo", "/cart", "cart"));
    cluster.apply(DemoObjects.ingress("payments", "pay", "pay.demo", "/", "gateway"));
  }

  /** Runs the next step and describes it in one line. */
  public synchronized String step() {
    while (steps.isEmpty()) {
      switch (scene++ % 6) {
        case 0 -> rollOut(frontend);
        case 1 -> scaleUp(cart, cart.replicas() + 2);
        case 2 -> runCronJob(scene);
        case 3 -> loseNode();
        case 4 -> bringNodeBack();
        default -> scaleDown(cart, cart.replicas() - 2);
      }
    }
    return steps.remove().get();
  }

  /**
   * Runs steps until closed.
   *
   * @param pause the pause before every step
   * @param told receives the line of every step, on the ticker's thread
   */
  public synchronized void play(Ticker ticker, Duration pause, Consumer<String> told) {
    if (!closed) {
      next =
          ticker.schedule(
              pause,
              () -> {
                if (!isClosed()) {
                  told.accept(step());
                  play(ticker, pause, told);
                }
              });
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Stops the steps; the cluster keeps its objects. */
  @Override
  public synchronized void close() {
    closed = true;
    if (next != null) {
      next.cancel();
    }
  }

  private void rollOut(DemoWorkload workload) {
    List<String> old = names(workload.pods());
    steps.add(
        () -> {
          workload.upgrade();
          workload.applyReplicaSet();
          return workload.app() + ": rollout of v" + workload.version() + " begins";
        });
    for (String leaving : old) {
      addPod(workload);
      removePod(workload, leaving);
    }
    steps.add(() -> workload.app() + ": rollout of v" + workload.version() + " is complete");
  }

  private void scaleUp(DemoWorkload workload, int replicas) {
    int before = workload.replicas();
    steps.add(() -> scaled(workload, replicas));
    for (int i = before; i < replicas; i++) {
      addPod(workload);
    }
  }

  private void scaleDown(DemoWorkload workload, int replicas) {
    List<String> pods = names(workload.pods());
    steps.add(() -> scaled(workload, replicas));
    for (String leaving : pods.subList(replicas, pods.size())) {
      removePod(workload, leaving);
    }
  }

  private String scaled(DemoWorkload workload, int replicas) {
    String line = workload.app() + ": scaled from " + workload.replicas() + " to " + replicas;
    workload.scale(replicas);
    workload.applyReplicaSet();
    return line;
  }

  /** Adds a new pod: first without an address, then running, then ready. */
  private void addPod(DemoWorkload workload) {
    String[] name = {""};
    steps.add(
        () -> {
          name[0] = workload.createPod();
          return "pod " + name[0] + " is pending, it has no address yet";
        });
    steps.add(
        () -> {
          String ip = start(workload.namespace(), name[0]);
          workload.syncEndpoints();
          return "pod " + name[0] + " runs at " + ip + ", not ready yet";
        });
    steps.add(
        () -> {
          setReady(workload.namespace(), name[0], true);
          workload.syncEndpoints();
          return "pod " + name[0] + " is ready";
        });
  }

  private void removePod(DemoWorkload workload, String name) {
    steps.add(
        () -> {
          ObjectNode pod = pod(workload.namespace(), name);
          DemoObjects.setReady(pod, false);
          KubernetesJson.child(pod, "metadata")
              .put("deletionTimestamp", KubernetesJson.text(pod, "metadata", "creationTimestamp"));
          cluster.apply(pod);
          workload.syncEndpoints();
          return "pod " + name + " is terminating";
        });
    steps.add(
        () -> {
          cluster.delete(Resource.PODS, workload.namespace(), name);
          workload.syncEndpoints();
          return "pod " + name + " is gone";
        });
  }

  private void runCronJob(int number) {
    String job = CRON_JOB + "-" + (29_000_000 + number);
    steps.add(
        () -> {
          cluster.apply(DemoObjects.job("payments", CRON_JOB, job));
          cluster.apply(DemoObjects.jobPod("payments", CRON_JOB, job));
          start("payments", job + "-pod");
          return "cron job " + CRON_JOB + ": job " + job + " has started";
        });
    steps.add(
        () -> {
          ObjectNode pod = pod("payments", job + "-pod");
          KubernetesJson.child(pod, "status").put("phase", "Succeeded");
          cluster.apply(pod);
          ObjectNode done = DemoObjects.job("payments", CRON_JOB, job);
          done.putObject("status").put("succeeded", 1);
          cluster.apply(done);
          return "job " + job + " has succeeded";
        });
    steps.add(
        () -> {
          cluster.delete(Resource.PODS, "payments", job + "-pod");
          cluster.delete(Resource.JOBS, "payments", job);
          return "job " + job + " was cleaned up";
        });
  }

  private void loseNode() {
    steps.add(
        () -> {
          places.removeIf(place -> place.node.equals(LOST_NODE));
          setNodeReady(false);
          for (DemoWorkload workload : workloads) {
            for (ObjectNode pod : onLostNode(workload)) {
              setReady(workload.namespace(), name(pod), false);
            }
            workload.syncEndpoints();
          }
          return LOST_NODE + " does not answer any more: its pods are not ready";
        });
    steps.add(
        () -> {
          int moved = 0;
          for (DemoWorkload workload : workloads) {
            moved += reschedule(workload);
          }
          return LOST_NODE + ": " + Nouns.count(moved, "pod") + " started elsewhere";
        });
    steps.add(
        () -> {
          cluster.delete(Resource.NODES, "", LOST_NODE);
          return LOST_NODE + " is removed from the cluster";
        });
  }

  private int reschedule(DemoWorkload workload) {
    List<ObjectNode> lost = onLostNode(workload);
    for (ObjectNode pod : lost) {
      cluster.delete(pod);
      String replacement = workload.createPod();
      start(workload.namespace(), replacement);
      setReady(workload.namespace(), replacement, true);
    }
    workload.syncEndpoints();
    return lost.size();
  }

  private void bringNodeBack() {
    steps.add(
        () -> {
          addNode(LOST_NODE, 2);
          return LOST_NODE + " is back";
        });
  }

  private void addNode(String name, int number) {
    cluster.apply(DemoObjects.node(name, number));
    places.add(new Place(name, number));
  }

  private void setNodeReady(boolean ready) {
    ObjectNode node = DemoObjects.node(LOST_NODE, 2);
    if (node.path("status").path("conditions").path(2) instanceof ObjectNode condition) {
      condition.put("status", ready ? "True" : "Unknown").put("reason", "NodeStatusUnknown");
    }
    cluster.apply(node);
  }

  private List<ObjectNode> onLostNode(DemoWorkload workload) {
    return cluster.list(
        Resource.PODS, workload.namespace(), "app=" + workload.app(), "spec.nodeName=" + LOST_NODE);
  }

  /** Starts a pod on the next node in turn; returns its address. */
  private String start(String namespace, String name) {
    Place place = places.get(placed % places.size());
    String ip = "10.244." + place.number + "." + (10 + placed % 240);
    placed++;
    ObjectNode pod = pod(namespace, name);
    DemoObjects.start(pod, place.node, place.number, ip);
    cluster.apply(pod);
    return ip;
  }

  private void setReady(String namespace, String name, boolean ready) {
    ObjectNode pod = pod(namespace, name);
    DemoObjects.setReady(pod, ready);
    cluster.apply(pod);
  }

  private ObjectNode pod(String namespace, String name) {
    return cluster
        .get(Resource.PODS, namespace, name)
        .orElseThrow(() -> new IllegalStateException("pod: " + namespace + "/" + name))
        .deepCopy();
  }

  private static List<String> names(List<ObjectNode> pods) {
    List<String> names = new ArrayList<>();
    pods.forEach(pod -> names.add(name(pod)));
    return names;
  }

  private static String name(ObjectNode object) {
    return KubernetesJson.text(object, "metadata", "name");
  }
}
