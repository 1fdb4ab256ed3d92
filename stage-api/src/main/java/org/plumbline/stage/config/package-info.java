/**
 * From a YAML file to checked records: one located tree, one reader, all problems at once. Records
 * are the only schema; {@link org.plumbline.stage.config.ConfigReader} is the only way in.
 */
package org.plumbline.stage.config;
