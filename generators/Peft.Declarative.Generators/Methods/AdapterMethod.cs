using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators.Methods;

/// <summary>A fine-tuning method in the compiler. Each method has a folder and a row in <see cref="MethodCatalog"/>.</summary>
internal abstract class AdapterMethod
{
    /// <summary>The facts about the method, which the run time shares.</summary>
    internal abstract MethodFacts Facts { get; }

    /// <summary>The name of the method: its attribute's name without the suffix.</summary>
    internal string Name => Facts.Name;

    /// <summary>The metadata name of the attribute.</summary>
    internal string AttributeName => $"{KnownNames.Library}.{Name}Attribute";

    /// <summary>The name of an adapter of this method beside an unnamed one of another method: <c>prompt_tuning</c>.</summary>
    internal virtual string OwnName => string.Concat(Name.Select((letter, i) => (i > 0 && char.IsUpper(letter) ? "_" : "") + char.ToLowerInvariant(letter)));

    /// <summary>The types that its code uses, in addition to those of all methods.</summary>
    internal virtual IEnumerable<KnownType> Types => [];

    /// <summary>Gets the parts of an adapter that cannot be merged, with their positions.</summary>
    internal virtual IEnumerable<(string Method, string Place)> Unmergeable(AdapterSpec adapter) => Facts.Merges ? [] : [(Name, Facts.Place)];

    /// <summary>Reads an attribute, and reports numbers that are not possible.</summary>
    internal abstract AdapterSpec Parse(AttributeReader attribute, ParseContext context);

    /// <summary>Joins two attributes on members to one adapter; <see langword="null"/> if they are two.</summary>
    internal virtual AdapterSpec? Join(AdapterSpec earlier, AdapterSpec later) => null;

    /// <summary>Plans the adapter on the model.</summary>
    internal abstract AdapterPlan Plan(AdapterSpec adapter, PlanContext context);

    /// <summary>Describes the adapter and its cost in one sentence, for its handle.</summary>
    internal abstract string Summary(AdapterPlan plan, ModelPlan model);

    /// <summary>Gets the lines of the header: the matched layers, with shapes and counts.</summary>
    internal abstract IEnumerable<string> Report(AdapterPlan plan);

    /// <summary>Gets the config of the handle.</summary>
    internal abstract ConfigText Config(AdapterPlan plan, TypeNames types);

    /// <summary>Gets the config of an adapter with an error: of the same type, without the numbers of the declaration.</summary>
    internal virtual ConfigText NeutralConfig(AdapterPlan plan, TypeNames types) => new(Config(plan, types).Type, []);

    /// <summary>Gets the fields of adapter_config.json that the declaration determines, with their values.</summary>
    internal virtual IEnumerable<(string Field, string Value)> SavedFields(AdapterSpec adapter) => [];

    /// <summary>Gets the tensors in the adapter's file for a layer, by the ends of their names, with their shapes; none if they are not checked. A size of 0 is not known.</summary>
    internal virtual IEnumerable<(string End, long[] Shape)> SavedTensors(AdapterSpec adapter, PlannedLayer layer) => [];

    /// <summary>Whether the backward pass needs the inputs of the adapted layers, as for products whose weight is trained.</summary>
    internal virtual bool KeepsInputs => true;

    /// <summary>Whether selective checkpointing recomputes these inputs: of products that one function computes with their layers.</summary>
    internal virtual bool RecomputesInputs(AdapterSpec adapter) => false;

    /// <summary>Counts the values besides its input that the backward pass needs for each token of an adapted layer.</summary>
    internal virtual double Activations(AdapterSpec adapter, PlannedLayer layer) => 0;

    /// <summary>Writes the statements that add the adapter to the model.</summary>
    internal abstract void WriteAttachment(CodeWriter code, AdapterPlan plan, TypeNames types);

    /// <summary>Writes the classes of the adapted layers.</summary>
    internal virtual void WriteClasses(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
    }

    /// <summary>Writes statements before the run starts, which determine the trained parameters.</summary>
    internal virtual void WriteBeforeRun(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
    }

    /// <summary>Writes statements of the training loop before its first step.</summary>
    internal virtual void WriteBeforeLoop(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
    }

    /// <summary>Writes statements of the training loop after the backward passes of a step, which add to the gradients.</summary>
    internal virtual void WriteAfterBackward(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
    }

    /// <summary>Writes statements of the training loop after the optimizer's step.</summary>
    internal virtual void WriteAfterStep(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
    }

    /// <summary>A public type of this method, such as its config.</summary>
    private protected static KnownType Public(string name, bool inExpressions = false) => new(name, $"{KnownNames.Library}.{name}", inExpressions);

    /// <summary>A type in this method's own folder, such as its module.</summary>
    private protected KnownType Own(string name, bool inExpressions = false) => new(name, $"{KnownNames.Library}.Methods.{Name}.{name}", inExpressions);
}

/// <summary>A config in generated code: its type, and the assignments in its initializer.</summary>
internal sealed record ConfigText(string Type, IReadOnlyList<string> Settings);
