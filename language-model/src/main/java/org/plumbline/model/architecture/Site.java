package org.plumbline.model.architecture;

import java.util.ArrayList;
import java.util.List;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;

/** The four linear sites of a layer; a site stacks its modules' weights by rows. */
public enum Site {
  QKV(
      2,
      List.of(
          Role.QUERY_KEY_VALUE, Role.GROUPED_QUERY_KEY_VALUE, Role.QUERY, Role.KEY, Role.VALUE)),
  OUT(6, List.of(Role.ATTENTION_OUTPUT)),
  UP(12, List.of(Role.GATE_UP, Role.GATE, Role.UP)),
  DOWN(16, List.of(Role.DOWN));

  private final int slot;
  private final List<Role> roles;

  Site(int slot, List<Role> roles) {
    this.slot = slot;
    this.roles = roles;
  }

  /** Index of the site's weight in the kernels' list; bias, adapter A and adapter B follow. */
  int slot() {
    return slot;
  }

  /** The stored tensors of the site in row order. */
  public List<TensorRef> parts(TensorLayout layout, int layer, boolean bias) {
    List<TensorRef> parts = new ArrayList<>();
    for (Role role : roles) {
      layout.find(role, layer, bias).ifPresent(parts::add);
    }
    return parts;
  }
}
