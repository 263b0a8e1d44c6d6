using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods;

// From a plan to code: the config, the wiring, and one class per adapted layer with formula and shapes.
internal abstract partial class LayerMethod<TSpec>
{
    internal sealed override ConfigText Config(AdapterPlan plan, TypeNames types)
    {
        var spec = (TSpec)plan.Spec;
        List<string> settings = ConfigSettings(spec, types).ToList();
        if (spec.Bias != BiasTraining.None) settings.Add($"Bias = {types["BiasTraining"]}.{spec.Bias}");
        return new ConfigText(types[$"{Name}Config"], [.. settings, .. SelectorSettings.Of(spec)]);
    }

    internal sealed override void WriteAttachment(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
        if (plan.AtRunTime)
        {
            code.Line("// The selection depends on the checkpoint, so the run time selects the layers.");
            code.Line($"{types["AdapterWiring"]}.Attach(this, {plan.Variable});");
            return;
        }

        if (InPlace is { } reason)
        {
            code.Line($"{types["AdapterWiring"]}.Attach(this, {plan.Variable});   // {reason}");
            return;
        }

        var spec = (TSpec)plan.Spec;
        SharedValue? shared = Shared(spec, plan, types);
        if (shared is not null) code.Line($"{shared.Type} {shared.Name} = {shared.Value};   // {shared.Reason}");
        string further = (plan.Spec.IsRepeated ? ", " + plan.NameText : "") + (shared is null ? "" : ", " + shared.Name);
        new WiringWriter(code, types).Write(plan, (layer, slot) => layer.ClassName.Length > 0
            ? $"new {ClassName(plan, layer)}({slot}{further})"
            : $"new {types["ModuleToSave"]}({slot}, {plan.NameText})");
        WriteBeside(code, spec, plan, types);
        if (spec.Bias != BiasTraining.None) code.Line($"{types["TrainedBiases"]}.Attach(this, {plan.Variable}, {types["BiasTraining"]}.{spec.Bias});");
    }

    internal sealed override void WriteClasses(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
        if (plan.AtRunTime || InPlace is not null) return;

        var spec = (TSpec)plan.Spec;
        SharedValue? shared = Shared(spec, plan, types);
        string parameters = $"{types["Slot"]} frozen" + (spec.IsRepeated ? ", string persona" : "") + (shared is null ? "" : $", {shared.Type} {shared.Name}");
        string first = $"frozen, {(spec.IsRepeated ? "persona" : Literal.Of(spec.Name))}" + (shared is null ? "" : $", {shared.Name}");
        foreach (PlannedLayer layer in plan.Adapted)
        {
            LayerClass written = Class(spec, layer, types);
            code.Blank();
            code.Line($"/// <summary>{Xml.Escape(written.Formula)}</summary>");
            code.Line($"private sealed class {ClassName(plan, layer)}({parameters})");
            code.Line($"    : {written.Parent}({string.Join(", ", written.Arguments.Prepend(first))});");
        }
    }

    private static string ClassName(AdapterPlan plan, PlannedLayer layer) => layer.ClassName + plan.Classes;
}

/// <summary>The generated class of an adapted layer.</summary>
/// <param name="Formula">Its formula with shapes, for its comment.</param>
/// <param name="Parent">Its base class in the runtime.</param>
/// <param name="Arguments">The arguments of the base constructor, after the inner layer and the adapter's name.</param>
internal sealed record LayerClass(string Formula, string Parent, IEnumerable<string> Arguments);

/// <summary>A value that all layers of an adapter share. It is created once and passed to each layer.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Name">The name of its variable and of the parameters.</param>
/// <param name="Value">The expression that creates it.</param>
/// <param name="Reason">A comment.</param>
internal sealed record SharedValue(string Type, string Name, string Value, string Reason);
