package org.plumbline.data;

import java.util.List;

/** Rows by use; no prompt stands in two of the lists. */
public record DataSplit<T>(List<T> train, List<T> validation, List<T> test) {
  public DataSplit {
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
  }
}
