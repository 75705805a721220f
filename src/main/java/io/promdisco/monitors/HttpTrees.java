package io.promdisco.monitors;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes how resources connect and authenticate. For one namespace. */
final class HttpTrees {
  private final String namespace;
  private final References references;

  HttpTrees(String namespace, References references) {
    this.namespace = namespace;
    this.references = references;
  }

  /** Returns a value of a Secret; null if no check has read it. */
  @Nullable Object secret(@Nullable SpecNode ref) throws InvalidMonitorException {
    return ref == null ? null : references.known(namespace, KeyRef.of(ref));
  }

  private Object secretOrEmpty(@Nullable SpecNode ref) throws InvalidMonitorException {
    Object value = secret(ref);
    return value == null ? "" : value;
  }

  void basicAuth(JobTree tree, SpecNode parent) throws InvalidMonitorException {
    SpecNode auth = parent.child("basicAuth");
    if (auth != null) {
      tree.put(
          "basic_auth",
          JobTree.of(
              "username",
              secretOrEmpty(auth.section("username")),
              "password",
              secretOrEmpty(auth.section("password"))));
    }
  }

  void bearerToken(JobTree tree, SpecNode parent) throws InvalidMonitorException {
    tree.putPresent("bearer_token", secret(parent.child("bearerTokenSecret")));
  }

  /** Writes the authorization of a section of service discovery. */
  void authorization(JobTree tree, SpecNode parent) throws InvalidMonitorException {
    SpecNode auth = parent.child("authorization");
    if (auth != null) {
      writeAuthorization(tree, auth, auth.child("credentials"), "");
    }
  }

  /** Writes the authorization of a job, with what the class has and the job has not. */
  void authorization(JobTree tree, SpecNode parent, ScrapeClass scrapeClass)
      throws InvalidMonitorException {
    SpecNode own = parent.child("authorization");
    SpecNode ofClass = scrapeClass.authorization();
    if (own != null && own.textOrEmpty("type").isEmpty() && !own.has("credentials")) {
      own = null;
    }
    SpecNode auth = own == null ? ofClass : own;
    if (auth == null) {
      return;
    }
    SpecNode credentials = auth.child("credentials");
    if (credentials == null && ofClass != null) {
      credentials = ofClass.child("credentials");
    }
    String file =
        ofClass != null && (own == null || credentials == null)
            ? ofClass.textOrEmpty("credentialsFile")
            : "";
    writeAuthorization(tree, auth, credentials, file);
  }

  private void writeAuthorization(
      JobTree tree, SpecNode auth, @Nullable SpecNode credentials, String file)
      throws InvalidMonitorException {
    String type = auth.textOrEmpty("type");
    JobTree written = JobTree.of("type", type.isEmpty() ? "Bearer" : type.strip());
    written.putPresent("credentials", secret(credentials));
    written.putText("credentials_file", file);
    tree.put("authorization", written);
  }

  void oauth2(JobTree tree, SpecNode parent) throws InvalidMonitorException {
    SpecNode oauth2 = parent.child("oauth2");
    if (oauth2 == null) {
      return;
    }
    SecretOrConfigMap id = SecretOrConfigMap.of(oauth2.section("clientId"));
    Object idText = id.isEmpty() ? "" : references.known(namespace, id);
    Object secret = secret(oauth2.section("clientSecret"));
    if (idText == null || secret == null) {
      return;
    }
    JobTree written =
        JobTree.of(
            "client_id",
            idText,
            "client_secret",
            secret,
            "token_url",
            oauth2.textOrEmpty("tokenUrl"));
    written.putItems("scopes", oauth2.texts("scopes"));
    written.putItems("endpoint_params", oauth2.textMap("endpointParams"));
    proxy(written, oauth2);
    tls(written, oauth2);
    tree.put("oauth2", written);
  }

  /** Writes the TLS settings of a section of service discovery, without files. */
  void tls(JobTree tree, SpecNode parent) throws InvalidMonitorException {
    SpecNode tls = parent.child("tlsConfig");
    if (tls != null) {
      tree.put("tls_config", tlsTree(tls));
    }
  }

  /**
   * Writes the TLS settings of a job, with what the class has and the job has not.
   *
   * @param files whether the job's own may name files; if not, an empty section counts as none
   */
  void tls(JobTree tree, SpecNode parent, ScrapeClass scrapeClass, boolean files)
      throws InvalidMonitorException {
    SpecNode own = parent.child("tlsConfig");
    SpecNode ofClass = scrapeClass.tls();
    if (own == null || (!files && isEmpty(own))) {
      if (ofClass != null) {
        JobTree written = tlsTree(ofClass);
        for (TlsFile file : TlsFile.values()) {
          written.putText(file.key, ofClass.textOrEmpty(file.field));
        }
        tree.put("tls_config", written);
      }
      return;
    }
    JobTree written = tlsTree(own);
    for (TlsFile file : TlsFile.values()) {
      String ownFile = files ? own.textOrEmpty(file.field) : "";
      boolean inherits = ownFile.isEmpty() && ofClass != null && !file.isReferenced(own);
      written.putText(
          file.key, inherits && ofClass != null ? ofClass.textOrEmpty(file.field) : ownFile);
    }
    tree.put("tls_config", written);
  }

  /** The files that TLS settings may name. */
  private enum TlsFile {
    CA("caFile", "ca_file"),
    CERT("certFile", "cert_file"),
    KEY("keyFile", "key_file");

    private final String field;
    private final String key;

    TlsFile(String field, String key) {
      this.field = field;
      this.key = key;
    }

    /** Whether a Secret or a ConfigMap takes its place. */
    boolean isReferenced(SpecNode tls) throws InvalidMonitorException {
      return switch (this) {
        case CA -> !TlsChecks.ca(tls).isEmpty();
        case CERT -> !TlsChecks.cert(tls).isEmpty();
        case KEY -> TlsChecks.key(tls) != null;
      };
    }
  }

  private static boolean isEmpty(SpecNode tls) throws InvalidMonitorException {
    return TlsChecks.ca(tls).isEmpty()
        && TlsChecks.cert(tls).isEmpty()
        && List.of("keySecret", "serverName", "insecureSkipVerify", "minVersion", "maxVersion")
            .stream()
            .noneMatch(tls::has);
  }

  private JobTree tlsTree(SpecNode tls) throws InvalidMonitorException {
    JobTree tree = new JobTree();
    tree.putPresent("insecure_skip_verify", tls.flag("insecureSkipVerify"));
    tree.putPresent("ca", references.known(namespace, TlsChecks.ca(tls)));
    tree.putPresent("cert", references.known(namespace, TlsChecks.cert(tls)));
    tree.putPresent("key", secret(tls.child("keySecret")));
    tree.putText("server_name", tls.textOrEmpty("serverName"));
    tree.putPresent("min_version", tls.text("minVersion"));
    tree.putPresent("max_version", tls.text("maxVersion"));
    return tree;
  }

  void proxy(JobTree tree, SpecNode parent) throws InvalidMonitorException {
    tree.putPresent("proxy_url", parent.text("proxyUrl"));
    tree.putPresent("no_proxy", parent.text("noProxy"));
    tree.putPresent("proxy_from_environment", parent.flag("proxyFromEnvironment"));
    if (parent.has("proxyConnectHeader")) {
      Map<String, List<Object>> headers = new LinkedHashMap<>();
      for (Map.Entry<String, List<SpecNode>> header : HttpChecks.headers(parent).entrySet()) {
        List<Object> values = new ArrayList<>();
        for (SpecNode ref : header.getValue()) {
          values.add(secretOrEmpty(ref));
        }
        headers.put(header.getKey(), values);
      }
      tree.put("proxy_connect_header", headers);
    }
  }
}
