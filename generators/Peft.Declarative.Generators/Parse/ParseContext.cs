using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>The context in which a method reads its attribute: the model, and the receiver of problems.</summary>
internal sealed class ParseContext(string model, ModelShape shape, ModuleTreeSpec tree, List<Problem> problems)
{
    internal string Model => model;

    internal ModelShape Shape => shape;

    internal bool IsPretrained => shape.IsPretrained;

    internal ModuleTreeSpec Tree => tree;

    /// <summary>Reports an argument without effect beside the others.</summary>
    internal void Unused(AttributeReader attribute, string argument, string reason) =>
        Report(RuleIds.OutOfRange, RuleTexts.OptionUnused(argument, attribute.Name, model, reason), attribute.Place.At(argument));

    /// <summary>Determines whether a problem is already reported at a location.</summary>
    internal bool IsReported(SourcePlace place) => problems.Any(problem => problem.Place == place);

    internal void Report(string id, string message, SourcePlace place, SourcePlace? other = null, string? suggestion = null) =>
        problems.Add(new Problem(id, message, place, suggestion is null ? default : new[] { suggestion }.ToEquatableArray(), other));
}
