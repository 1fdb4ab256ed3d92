package org.plumbline.stage.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Other names under which a component's key, or a constant of an enum, is taken; see {@link
 * AliasTable} for the field's own keys.
 */
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Alias {
  /** snake_case names. */
  String[] value();
}
