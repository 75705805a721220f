package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ObjectMeta.OwnerRef;
import io.promdisco.providers.kubernetes.object.PlainView;
import io.promdisco.providers.kubernetes.object.PodView;
import org.jspecify.annotations.Nullable;

/** The labels that a pod gives to its own group and to the endpoints that stand for it. */
final class PodLabels {
  static final String CONTAINER_ID = Meta.PREFIX + "pod_container_id";
  static final String CONTAINER_IMAGE = Meta.PREFIX + "pod_container_image";
  static final String CONTAINER_INIT = Meta.PREFIX + "pod_container_init";
  static final String CONTAINER_NAME = Meta.PREFIX + "pod_container_name";
  static final String PORT_NAME = Meta.PREFIX + "pod_container_port_name";
  static final String PORT_NUMBER = Meta.PREFIX + "pod_container_port_number";
  static final String PORT_PROTOCOL = Meta.PREFIX + "pod_container_port_protocol";

  private static final String CONTROLLER_KIND = Meta.PREFIX + "pod_controller_kind";
  private static final String CONTROLLER_NAME = Meta.PREFIX + "pod_controller_name";
  private static final String CRON_JOB = Meta.PREFIX + "pod_cronjob_name";
  private static final String DEPLOYMENT = Meta.PREFIX + "pod_deployment_name";
  private static final String HOST_IP = Meta.PREFIX + "pod_host_ip";
  private static final String IP = Meta.PREFIX + "pod_ip";
  private static final String JOB = Meta.PREFIX + "pod_job_name";
  private static final String NAME = Meta.PREFIX + "pod_name";
  private static final String NODE_NAME = Meta.PREFIX + "pod_node_name";
  private static final String PHASE = Meta.PREFIX + "pod_phase";
  private static final String READY = Meta.PREFIX + "pod_ready";
  private static final String UID = Meta.PREFIX + "pod_uid";

  private final ObjectLabels own = new ObjectLabels("pod");
  private final AttachMetadata attach;

  PodLabels(AttachMetadata attach) {
    this.attach = attach;
  }

  /** How many labels {@link #add} makes at most. */
  static int count(PodView pod) {
    return ObjectLabels.count(pod.meta()) + 12;
  }

  /** Sets all of them, in order of names. */
  void add(Labels.Builder out, PodView pod, Lookup lookup) {
    ObjectMeta meta = pod.meta();
    own.addAnnotations(out, meta);
    OwnerRef owner = meta.controller();
    String jobName = null;
    if (owner != null) {
      boolean ofJob = owner.kind().equals("Job");
      Meta.put(out, CONTROLLER_KIND, owner.kind());
      Meta.put(out, CONTROLLER_NAME, owner.name());
      if (ofJob && attach.cronJob()) {
        Meta.put(out, CRON_JOB, controller(lookup.job(ownerKey(meta, owner)), "CronJob"));
      }
      if (owner.kind().equals("ReplicaSet") && attach.deployment()) {
        PlainView replicaSet = lookup.replicaSet(ownerKey(meta, owner));
        Meta.put(out, DEPLOYMENT, controller(replicaSet, "Deployment"));
      }
      jobName = ofJob && attach.job() ? owner.name() : null;
    }
    Meta.put(out, HOST_IP, pod.hostIp());
    Meta.put(out, IP, pod.ip());
    Meta.put(out, JOB, jobName);
    own.addLabels(out, meta);
    Meta.put(out, NAME, meta.name());
    Meta.put(out, NODE_NAME, pod.nodeName());
    Meta.put(out, PHASE, pod.phase());
    out.set(READY, pod.ready().isEmpty() ? "unknown" : Meta.lower(pod.ready()));
    Meta.put(out, UID, meta.uid());
  }

  private static ObjectKey ownerKey(ObjectMeta meta, OwnerRef owner) {
    return new ObjectKey(meta.namespace(), owner.name());
  }

  private static @Nullable String controller(@Nullable PlainView object, String kind) {
    OwnerRef owner = object == null ? null : object.meta().controller();
    return owner == null || !owner.kind().equals(kind) ? null : owner.name();
  }
}
