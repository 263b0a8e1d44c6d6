using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>What a method needs to read its attribute: the model it is on, and where problems go.</summary>
internal sealed class ParseContext(string model, ModelShape shape, ModuleTreeSpec tree, List<Problem> problems)
{
    internal string Model => model;

    internal ModelShape Shape => shape;

    internal bool IsPretrained => shape.IsPretrained;

    internal ModuleTreeSpec Tree => tree;

    /// <summary>Reports an argument that changes nothing beside the others.</summary>
    internal void Unused(AttributeReader attribute, string argument, string reason) =>
        Report(RuleIds.OutOfRange, RuleTexts.OptionUnused(argument, attribute.Name, model, reason), attribute.Place.At(argument));

    /// <summary>Whether something is wrong at a place already.</summary>
    internal bool IsReported(SourcePlace place) => problems.Any(problem => problem.Place == place);

    internal void Report(string id, string message, SourcePlace place, SourcePlace? other = null, string? suggestion = null) =>
        problems.Add(new Problem(id, message, place, suggestion is null ? default : new[] { suggestion }.ToEquatableArray(), other));
}
