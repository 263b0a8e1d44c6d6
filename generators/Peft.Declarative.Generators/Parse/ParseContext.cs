using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>What a method needs to read its attribute: the model it is on, and where problems go.</summary>
internal sealed class ParseContext(string model, ModelShape shape, ModuleTreeSpec tree, List<Problem> problems)
{
    internal string Model => model;

    internal ModelShape Shape => shape;

    internal bool IsPretrained => shape.IsPretrained;

    internal ModuleTreeSpec Tree => tree;

    internal void Report(string id, string message, SourcePlace place, SourcePlace? other = null, string? suggestion = null) =>
        problems.Add(new Problem(id, message, place, suggestion is null ? default : new[] { suggestion }.ToEquatableArray(), other));
}
