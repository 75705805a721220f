package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;

/** Makes a target for each path of each rule of each ingress. */
public final class IngressGroupBuilder extends NamespacedGroupBuilder<IngressView> {
  private static final String CLASS_NAME = MetaLabels.PREFIX + "ingress_class_name";
  private static final String HOST = MetaLabels.PREFIX + "ingress_host";
  private static final String NAME = MetaLabels.PREFIX + "ingress_name";
  private static final String PATH = MetaLabels.PREFIX + "ingress_path";
  private static final String SCHEME = MetaLabels.PREFIX + "ingress_scheme";
  private static final List<String> ROOT = List.of("/");

  /** The number of TLS hosts up to which they are compared sequentially. */
  private static final int FEW_HOSTS = 8;

  private final ObjectLabels own = new ObjectLabels("ingress");

  /** Creates a builder that adds the labels of {@code attach}. */
  public IngressGroupBuilder(AttachMetadata attach) {
    super("ingress", attach);
  }

  @Override
  public TargetGroup build(IngressView ingress, ObjectLookup lookup, GroupMemory memory) {
    List<Labels> targets = new ArrayList<>();
    Collection<String> tlsHosts = tlsHosts(ingress);
    for (IngressView.Rule rule : ingress.rules()) {
      String scheme = hasTls(tlsHosts, rule.host()) ? "https" : "http";
      for (String path : rule.paths() == null ? ROOT : rule.paths()) {
        memory.target(4);
        Labels.Builder out = Labels.builder(4);
        // A rule without a host results in an empty address, which a job may set by relabelling.
        out.set(MetaLabels.ADDRESS, rule.host());
        MetaLabels.put(out, HOST, rule.host());
        out.set(PATH, path.isEmpty() ? "/" : path);
        targets.add(out.set(SCHEME, scheme).build());
      }
    }
    return group(ingress, targets, lookup, memory);
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

  /** Returns a set if there are many, so that many rules need not search through all of them. */
  private static Collection<String> tlsHosts(IngressView ingress) {
    List<String> hosts = ingress.tlsHosts();
    return hosts.size() <= FEW_HOSTS ? hosts : new HashSet<>(hosts);
  }

  /**
   * Whether {@code host} is one of {@code patterns}, or matches one with {@code *} as its first
   * part.
   */
  private static boolean hasTls(Collection<String> patterns, String host) {
    if (patterns.isEmpty()) {
      return false;
    }
    int dot = host.indexOf('.');
    return patterns.contains(host) || patterns.contains(dot < 0 ? "*" : "*" + host.substring(dot));
  }
}
