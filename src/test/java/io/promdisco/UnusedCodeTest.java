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
 * Nothing of the main code that is not public is there for tests alone, or for nobody. The compiler
 * (Error Prone) looks after private members.
 */
class UnusedCodeTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importUrl(Promdisco.class.getProtectionDomain().getCodeSource().getLocation());

  /** For tests, which have no other way to see or to cause what they are about. */
  private static final Set<String> FOR_TESTS =
      Set.of(
          "io.promdisco.providers.dns.DnsDiscovererFactory.<init>",
          "io.promdisco.providers.http.HttpDiscovererFactory.<init>",
          "io.promdisco.providers.kubernetes.client.decode.InternTable.size",
          "io.promdisco.providers.kubernetes.watch.SharedInformer.sink",
          "io.promdisco.scrape.PendingUpdates.of",
          "io.promdisco.scrape.ListenerQueue.size",
          "io.promdisco.scrape.ScrapePool.groups",
          "io.promdisco.server.AnswerMemory.total",
          "io.promdisco.server.ChangeLog.bytes",
          "io.promdisco.server.access.ClientConnections.size",
          "io.promdisco.server.PromdiscoServer.start",
          "io.promdisco.server.Routes.all",
          "io.promdisco.server.StreamHub.size",
          "io.promdisco.sim.ProtobufSchema.messages",
          "io.promdisco.sim.SimCluster.subscribe",
          "io.promdisco.util.GrowingRing.capacity");

  @Test
  void everyMethodThatIsNotPublicIsCalled() {
    Set<String> unused = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      for (JavaCodeUnit unit : type.getCodeUnits()) {
        if (isCallable(unit) && !isCalled(unit)) {
          unused.add(type.getName() + "." + unit.getName());
        }
      }
    }
    unused.removeAll(FOR_TESTS);
    assertThat(unused).isEmpty();
  }

  @Test
  void everyClassThatIsNotPublicIsUsed() {
    List<String> unused =
        CLASSES.stream()
            .filter(type -> !type.getModifiers().contains(JavaModifier.PUBLIC))
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

  /** Whether it is neither public nor private, and called by its name or not at all. */
  private static boolean isCallable(JavaCodeUnit unit) {
    Set<JavaModifier> modifiers = unit.getModifiers();
    if (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PRIVATE)) {
      return false;
    }
    if (unit instanceof JavaConstructor) {
      boolean calledByPicocli = unit.getOwner().isAssignableTo(CommandLine.ITypeConverter.class);
      return !unit.getOwner().isEnum() && !unit.getOwner().isRecord() && !calledByPicocli;
    }
    return unit instanceof JavaMethod method && !isMade(method) && !overrides(method);
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
