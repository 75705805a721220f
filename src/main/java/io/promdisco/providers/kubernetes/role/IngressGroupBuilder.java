package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import java.util.ArrayList;
import java.util.List;

/** A target for each path of each rule of each ingress. */
public final class IngressGroupBuilder extends NamespacedGroupBuilder<IngressView> {
  private static final String CLASS_NAME = MetaLabels.PREFIX + "ingress_class_name";
  private static final String HOST = MetaLabels.PREFIX + "ingress_host";
  private static final String NAME = MetaLabels.PREFIX + "ingress_name";
  private static final String PATH = MetaLabels.PREFIX + "ingress_path";
  private static final String SCHEME = MetaLabels.PREFIX + "ingress_scheme";
  private static final List<String> ROOT = List.of("/");

  private final ObjectLabels own = new ObjectLabels("ingress");

  /** Adds the labels that {@code attach} asks for. */
  public IngressGroupBuilder(AttachMetadata attach) {
    super("ingress", attach);
  }

  @Override
  public TargetGroup build(IngressView ingress, ObjectLookup lookup) {
    List<Labels> targets = new ArrayList<>();
    for (IngressView.Rule rule : ingress.rules()) {
      String scheme = hasTls(ingress, rule.host()) ? "https" : "http";
      for (String path : rule.paths() == null ? ROOT : rule.paths()) {
        Labels.Builder out = Labels.builder(4);
        // A rule without host has an empty address: a job may set one by relabelling.
        out.set(MetaLabels.ADDRESS, rule.host());
        MetaLabels.put(out, HOST, rule.host());
        out.set(PATH, path.isEmpty() ? "/" : path);
        targets.add(out.set(SCHEME, scheme).build());
      }
    }
    return group(ingress, targets, lookup);
  }

  @Override
  Labels groupLabels(IngressView ingress, ObjectLookup lookup) {
    ObjectMeta meta = ingress.meta();
    Labels ofNamespace = ofNamespace(ingress, lookup);
    Labels.Builder out = Labels.builder(3 + ObjectLabels.count(meta) + ofNamespace.size());
    own.addAnnotations(out, meta);
    MetaLabels.put(out, CLASS_NAME, ingress.className());
    own.addLabels(out, meta);
    MetaLabels.put(out, NAME, meta.name());
    MetaLabels.put(out, MetaLabels.NAMESPACE, meta.namespace());
    return out.setAll(ofNamespace).build();
  }

  private static boolean hasTls(IngressView ingress, String host) {
    for (String pattern : ingress.tlsHosts()) {
      if (matches(pattern, host)) {
        return true;
      }
    }
    return false;
  }

  /** Whether {@code host} is {@code pattern}, or {@code *} stands for its first part. */
  private static boolean matches(String pattern, String host) {
    if (pattern.equals(host)) {
      return true;
    }
    int dot = host.indexOf('.');
    if (dot < 0) {
      return pattern.equals("*");
    }
    return pattern.startsWith("*.") && pattern.substring(1).equals(host.substring(dot));
  }
}
