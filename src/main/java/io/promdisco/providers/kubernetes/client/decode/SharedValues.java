package io.promdisco.providers.kubernetes.client.decode;

import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.ObjectMeta.OwnerRef;
import io.promdisco.providers.kubernetes.object.PodView;
import java.util.List;

/**
 * The values that the decoders of one client share. Safe for all threads.
 *
 * @param strings repeated strings
 * @param maps repeated label and annotation sets
 * @param ports repeated port lists of containers
 * @param owners repeated owner lists that contain a controller
 */
record SharedValues(
    StringInternTable strings,
    RangeInternTable<Labels> maps,
    RangeInternTable<List<PodView.Port>> ports,
    RangeInternTable<OwnerRef> owners) {
  SharedValues() {
    this(
        new StringInternTable(),
        new RangeInternTable<>(),
        new RangeInternTable<>(),
        new RangeInternTable<>());
  }
}
