package io.promdisco.explain;

import io.promdisco.providers.kubernetes.object.ObjectMeta;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Kinds of objects that own pods. A deployment owns them through replica sets, and a cron job
 * through jobs; the names that Kubernetes gives to these identify both.
 */
enum WorkloadKind {
  /**
   * Owns pods through a replica set, whose name consists of its name and a hash of the pod
   * template.
   */
  DEPLOYMENT("Deployment", "deployment", "deployments", "deploy"),
  /** Owns pods directly. */
  DAEMON_SET("DaemonSet", "daemonset", "daemonsets", "ds"),
  /** Owns pods directly. */
  STATEFUL_SET("StatefulSet", "statefulset", "statefulsets", "sts"),
  /** Owns pods directly. */
  REPLICA_SET("ReplicaSet", "replicaset", "replicasets", "rs"),
  /** Owns pods directly. */
  REPLICATION_CONTROLLER(
      "ReplicationController", "replicationcontroller", "replicationcontrollers", "rc"),
  /** Owns pods directly. */
  JOB("Job", "job", "jobs", "job"),
  /** Owns pods through a job, whose name consists of its name and a time. */
  CRON_JOB("CronJob", "cronjob", "cronjobs", "cj");

  /** The label of a deployment's pods with the last part of their replica set's name. */
  static final String TEMPLATE_HASH = "pod-template-hash";

  private static final Pattern OF_CRON_JOB = Pattern.compile("(.+)-[0-9]{7,10}");

  private final String kind;
  private final String text;
  private final String plural;
  private final String shortName;

  WorkloadKind(String kind, String text, String plural, String shortName) {
    this.kind = kind;
    this.text = text;
    this.plural = plural;
    this.shortName = shortName;
  }

  /** Its name in a query: {@code deployment}. */
  public String text() {
    return text;
  }

  /** Returns its names in kubectl, in lower case. */
  List<String> names() {
    return List.of(text, plural, shortName);
  }

  /** Returns the name of the workload of this kind that owns a pod, if any. */
  Optional<String> ownerOf(ObjectMeta pod) {
    ObjectMeta.OwnerRef controller = pod.controller();
    return controller == null
        ? Optional.empty()
        : owner(controller.kind(), controller.name(), pod.labels().get(TEMPLATE_HASH));
  }

  /**
   * Returns the name of the workload of this kind that owns a pod, if any.
   *
   * @param controllerKind the kind of the pod's controller
   * @param controllerName the name of the pod's controller
   * @param templateHash the pod's label {@link #TEMPLATE_HASH}; null if it has none
   */
  Optional<String> owner(
      String controllerKind, String controllerName, @Nullable String templateHash) {
    return switch (this) {
      case DEPLOYMENT -> {
        String end = "-" + templateHash;
        yield controllerKind.equals(REPLICA_SET.kind)
                && templateHash != null
                && controllerName.endsWith(end)
            ? Optional.of(controllerName.substring(0, controllerName.length() - end.length()))
            : Optional.empty();
      }
      case CRON_JOB -> {
        Matcher name = OF_CRON_JOB.matcher(controllerName);
        yield controllerKind.equals(JOB.kind) && name.matches()
            ? Optional.of(name.group(1))
            : Optional.empty();
      }
      default -> controllerKind.equals(kind) ? Optional.of(controllerName) : Optional.empty();
    };
  }
}
