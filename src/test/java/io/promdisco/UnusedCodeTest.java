package io.promdisco;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * Main code that is not public API is used, and not only by tests. The compiler (Error Prone) finds
 * unused private members.
 */
class UnusedCodeTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importUrl(Promdisco.class.getProtectionDomain().getCodeSource().getLocation());

  /** For tests, which have no other way to observe or to cause what they test. */
  private static final Set<String> FOR_TESTS =
      Set.of(
          "io.promdisco.config.table.Setting.isInline",
          "io.promdisco.config.table.Setting.missing",
          "io.promdisco.config.table.Setting.shown",
          "io.promdisco.config.table.Setting.type",
          "io.promdisco.discovery.DiscoveryManager.apply",
          "io.promdisco.offline.ManifestReader.documents",
          "io.promdisco.providers.dns.DnsDiscovererFactory.<init>",
          "io.promdisco.providers.document.TargetGroupJson.parse",
          "io.promdisco.providers.document.TargetGroupYaml.parse",
          "io.promdisco.providers.file.FileDiscovererFactory.<init>",
          "io.promdisco.providers.http.HttpDiscovererFactory.<init>",
          "io.promdisco.providers.kubernetes.KubernetesDiscovererFactory.<init>",
          "io.promdisco.providers.kubernetes.client.decode.InternTable.size",
          "io.promdisco.providers.kubernetes.role.GroupBuilder.build",
          "io.promdisco.providers.kubernetes.watch.SharedInformer$Registration.hasSynced",
          "io.promdisco.providers.kubernetes.watch.SharedInformer.sink",
          "io.promdisco.providers.kubernetes.watch.WatchPool$Lease.hasSynced",
          "io.promdisco.providers.kubernetes.watch.WatchPool.<init>",
          "io.promdisco.providers.kubernetes.watch.WatchPool.size",
          "io.promdisco.relabel.RelabelTrace.result",
          "io.promdisco.scrape.ListenerQueue.size",
          "io.promdisco.scrape.PendingUpdates.of",
          "io.promdisco.scrape.ScrapePool.groups",
          "io.promdisco.server.AnswerMemory.total",
          "io.promdisco.server.ChangeLog.bytes",
          "io.promdisco.server.PromdiscoServer.start",
          "io.promdisco.server.Routes.all",
          "io.promdisco.server.StreamHub.size",
          "io.promdisco.server.access.ClientConnections.size",
          "io.promdisco.sim.ProtobufSchema.messages",
          "io.promdisco.sim.SimCluster.subscribe",
          "io.promdisco.util.GrowingRing.capacity",
          "io.promdisco.util.GrowingRing.size",
          "io.promdisco.workqueue.WorkQueue.done",
          "io.promdisco.workqueue.WorkQueue.get",
          "io.promdisco.workqueue.WorkQueue.length",
          "io.promdisco.workqueue.Workers.each");

  /** Called by the JVM, picocli and SLF4J. */
  private static final Set<String> ENTRY_POINTS =
      Set.of(
          "io.promdisco.cli.Main.main",
          "io.promdisco.cli.Version.<init>",
          "io.promdisco.cli.output.StderrLog.<init>");

  @Test
  void everyMethodThatIsNotApiIsCalled() {
    Set<String> unused = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      for (JavaCodeUnit unit : type.getCodeUnits()) {
        if (isCallable(unit) && !isCalled(unit)) {
          unused.add(type.getName() + "." + unit.getName());
        }
      }
    }
    unused.removeAll(FOR_TESTS);
    unused.removeAll(ENTRY_POINTS);
    assertThat(unused).isEmpty();
  }

  @Test
  void everyClassThatIsNotApiIsUsed() {
    List<String> unused =
        CLASSES.stream()
            .filter(type -> !PublicApiTest.isApi(type.reflect()))
            .filter(
                type -> !type.isAnonymousClass() && !type.getSimpleName().equals("package-info"))
            .filter(type -> type.getMethods().stream().anyMatch(method -> !isMade(method)))
            .filter(
                type ->
                    type.getDirectDependenciesToSelf().stream()
                        .noneMatch(use -> !use.getOriginClass().equals(type)))
            .map(JavaClass::getName)
            .toList();
    assertThat(unused).isEmpty();
  }

  /** Whether it is neither public API nor private, and can be called by name. */
  private static boolean isCallable(JavaCodeUnit unit) {
    Set<JavaModifier> modifiers = unit.getModifiers();
    boolean isPublic = modifiers.contains(JavaModifier.PUBLIC);
    if (modifiers.contains(JavaModifier.PRIVATE)
        || (isPublic && isApi(unit))
        || isMadeByRecordOrEnum(unit)) {
      return false;
    }
    if (unit instanceof JavaConstructor) {
      boolean calledByPicocli = unit.getOwner().isAssignableTo(CommandLine.ITypeConverter.class);
      return !unit.getOwner().isEnum() && !unit.getOwner().isRecord() && !calledByPicocli;
    }
    return unit instanceof JavaMethod method && !isMade(method) && !overrides(method);
  }

  /**
   * Whether programs may call it, or tests of all packages, for which the simulated server exists.
   */
  private static boolean isApi(JavaCodeUnit unit) {
    return unit.getOwner().getPackageName().equals("io.promdisco.sim")
        || (PublicApiTest.isApi(unit.getOwner().reflect())
            && !unit.isAnnotatedWith(Internal.class));
  }

  /** Whether every record or enum has it: an accessor, {@code values}, {@code valueOf}. */
  private static boolean isMadeByRecordOrEnum(JavaCodeUnit unit) {
    JavaClass owner = unit.getOwner();
    return (owner.isRecord()
            && unit.getParameters().isEmpty()
            && owner.tryGetField(unit.getName()).isPresent())
        || (owner.isEnum() && Set.of("values", "valueOf").contains(unit.getName()));
  }

  /** Whether the compiler made it. */
  private static boolean isMade(JavaMethod method) {
    return method.getModifiers().contains(JavaModifier.SYNTHETIC)
        || method.getModifiers().contains(JavaModifier.BRIDGE);
  }

  private static boolean isCalled(JavaCodeUnit unit) {
    return unit.getAccessesToSelf().stream().anyMatch(use -> !use.getOrigin().equals(unit));
  }

  private static boolean overrides(JavaMethod method) {
    Stream<JavaClass> above =
        Stream.concat(
            method.getOwner().getAllRawSuperclasses().stream(),
            method.getOwner().getAllRawInterfaces().stream());
    return above.anyMatch(
        type ->
            type.getMethods().stream()
                .anyMatch(
                    other ->
                        other.getName().equals(method.getName())
                            && other.getParameters().size() == method.getParameters().size()));
  }
}
