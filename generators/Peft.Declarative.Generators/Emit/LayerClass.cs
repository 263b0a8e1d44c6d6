namespace Peft.Declarative.Generators.Emit;

/// <summary>The class of an adapted layer as it is written.</summary>
/// <param name="Formula">What it computes, with shapes, for its comment.</param>
/// <param name="Parent">The runtime's class that does it.</param>
/// <param name="Arguments">What that is made with, after the layer inside and the adapter's name.</param>
internal sealed record LayerClass(string Formula, string Parent, IEnumerable<string> Arguments);
