using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators.Methods;

/// <summary>A method of fine-tuning as the compiler side knows it: one folder, one row in <see cref="MethodCatalog"/>.</summary>
internal abstract class AdapterMethod
{
    /// <summary>What the method is; the run time has the same.</summary>
    internal abstract MethodFacts Facts { get; }

    /// <summary>The name of the method: its attribute's name without the suffix.</summary>
    internal string Name => Facts.Name;

    /// <summary>Metadata name of the attribute.</summary>
    internal string AttributeName => $"{KnownNames.Library}.{Name}Attribute";

    /// <summary>Name of an adapter of this method beside an unnamed one of another method: <c>prompt_tuning</c>.</summary>
    internal string OwnName => string.Concat(Name.Select((letter, i) => (i > 0 && char.IsUpper(letter) ? "_" : "") + char.ToLowerInvariant(letter)));

    /// <summary>The types that its code speaks of, beside those that all methods share.</summary>
    internal virtual IEnumerable<KnownType> Types => [];

    /// <summary>The parts of an adapter that cannot be merged, with where they are.</summary>
    internal virtual IEnumerable<(string Method, string Place)> Unmergeable(AdapterSpec adapter) => Facts.Merges ? [] : [(Name, Facts.Place)];

    /// <summary>Reads an attribute, and reports numbers that cannot be.</summary>
    internal abstract AdapterSpec Parse(AttributeReader attribute, ParseContext context);

    /// <summary>Two attributes on members that are one adapter; null if they are two.</summary>
    internal virtual AdapterSpec? Join(AdapterSpec earlier, AdapterSpec later) => null;

    /// <summary>Holds the adapter against the model.</summary>
    internal abstract AdapterPlan Plan(AdapterSpec adapter, PlanContext context);

    /// <summary>What the adapter is and costs, in one sentence for its handle.</summary>
    internal abstract string Summary(AdapterPlan plan, ModelPlan model);

    /// <summary>Lines of the header: what matched, with shapes and counts.</summary>
    internal abstract IEnumerable<string> Report(AdapterPlan plan);

    /// <summary>The config that the handle carries.</summary>
    internal abstract ConfigText Config(AdapterPlan plan, TypeNames types);

    /// <summary>The config of an adapter with an error in it: of the same type, without the numbers of the declaration.</summary>
    internal virtual ConfigText NeutralConfig(AdapterPlan plan, TypeNames types) => new(Config(plan, types).Type, []);

    /// <summary>The statements that put the adapter on the model.</summary>
    internal abstract void WriteAttachment(CodeWriter code, AdapterPlan plan, TypeNames types);

    /// <summary>The classes of the adapted layers.</summary>
    internal virtual void WriteClasses(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
    }

    /// <summary>Statements before the run starts: what decides which parameters there are to train.</summary>
    internal virtual void WriteBeforeRun(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
    }

    /// <summary>Statements of the training loop before its first step: what a method chooses on the data.</summary>
    internal virtual void WriteBeforeLoop(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
    }

    /// <summary>Statements of the training loop after the backward passes of a step: what a method adds to the gradients.</summary>
    internal virtual void WriteAfterBackward(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
    }

    /// <summary>Statements of the training loop after the optimiser's step: what a method does beside descending.</summary>
    internal virtual void WriteAfterStep(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
    }

    /// <summary>A public type of this method, such as its config.</summary>
    private protected static KnownType Public(string name, bool inExpressions = false) => new(name, $"{KnownNames.Library}.{name}", inExpressions);

    /// <summary>A type in this method's own folder, such as its module.</summary>
    private protected KnownType Own(string name, bool inExpressions = false) => new(name, $"{KnownNames.Library}.Methods.{Name}.{name}", inExpressions);
}

/// <summary>A config as it is written: its type, and the assignments in its initialiser.</summary>
internal sealed record ConfigText(string Type, IReadOnlyList<string> Settings);
