namespace Peft.Declarative.Generators.Model;

/// <summary>A place after a sublayer, found in the types of a model.</summary>
/// <param name="Place">The place, in the form of a layer as wide as the hidden states.</param>
/// <param name="Sublayer">What declarations call the sublayer before it: <c>mlp</c>.</param>
internal sealed record TreeSublayer(TreeLayer Place, string Sublayer);
