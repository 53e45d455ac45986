"""What kind of figure a row holds; printed beside every number of the example city."""

#: Values of ``data_label``.
REAL = "真实数据"
SYNTHETIC = "示例数据"

#: Values of the further column ``data_nature``, finer than the label.
READ = "真实"
DERIVED = "由真实数据推算"
INVENTED = "合成"

SYNTHETIC_SOURCE = "示例数据生成器（合成，无真实来源）"
EXAMPLE_ADCODE = "321100"
