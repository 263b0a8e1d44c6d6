namespace Peft.Declarative.Slots.Sublayers;

/// <summary>A place after a sublayer.</summary>
/// <param name="Path">The module that has the tensors in AdapterHub's keys, such as <c>bert.encoder.layer.0.output</c>.</param>
/// <param name="SublayerSlot">The place.</param>
/// <param name="Block">Number of its block, counted over all lists of blocks: a decoder's go on where the encoder's end.</param>
internal sealed record NamedSublayerSlot(string Path, SublayerSlot SublayerSlot, int Block);
