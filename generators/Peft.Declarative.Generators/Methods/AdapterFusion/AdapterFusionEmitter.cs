using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.AdapterFusion;

/// <summary>Writes a fusion: its config, its places, and one class per sublayer.</summary>
internal sealed class AdapterFusionEmitter(AdapterPlan plan, TypeNames types)
{
    private readonly AdapterFusionSpec _spec = (AdapterFusionSpec)plan.Spec;

    internal ConfigText Config() => new(types["AdapterFusionConfig"], Settings());

    internal void WriteAttachment(CodeWriter code)
    {
        if (plan.AtRunTime)
        {
            code.Line("// Blocks are chosen by number, so that is done when their number is known.");
            code.Line($"{types["AdapterWiring"]}.Attach(this, {plan.Handle});");
            return;
        }

        new WiringWriter(code, types).Write(plan with { Saved = default }, (place, slot) => $"new {ClassName(place)}({slot})");
        if (plan.Saved.Count > 0) code.Line($"{types["TrainedHeads"]}.Attach(this, {Literal.Of(_spec.Name)});");
    }

    internal void WriteClasses(CodeWriter code)
    {
        if (plan.AtRunTime) return;

        foreach (PlannedLayer place in plan.Adapted.GroupBy(ClassName).Select(same => same.First()))
        {
            string width = place.Output > 0 ? Literal.Of((int)place.Output) : "hidden";
            string value = _spec.Value ? "(uᵢ V)" : "uᵢ";
            code.Blank();
            code.Line($"/// <summary>Σ softmax((z Q) · (uᵢ K))ᵢ {value} over {string.Join(", ", _spec.Adapters)}; Q, K{(_spec.Value ? ", V" : "")} [{width}, {width}]</summary>");
            code.Line($"private sealed class {ClassName(place)}({types["SublayerSlot"]} slot)");
            code.Line($"    : {types["FusionLayer"]}(slot, {Literal.Of(_spec.Name)}, new {types["AdapterFusionConfig"]} {{ {string.Join(", ", Settings())} }});");
        }
    }

    internal void WriteAfterBackward(CodeWriter code)
    {
        if (!_spec.Value || !_spec.Regularization) return;

        string term = $"run.Backward({types["FusionRegularization"]}.Of({plan.Handle}));   // what is blended stays close to what the adapters make";
        code.Line($"if ({plan.Handle}.IsActive) {term}");
    }

    private List<string> Settings()
    {
        var settings = new List<string> { $"Adapters = {Literal.Of(_spec.Adapters)}" };
        if (!_spec.Value) settings.Add("Value = false");
        if (!_spec.Regularization) settings.Add("Regularization = false");
        if (_spec.Temperature) settings.Add("Temperature = true");
        if (_spec.QueryBeforeNorm) settings.Add("QueryBeforeNorm = true");
        if (_spec.Dropout != 0) settings.Add($"Dropout = {Literal.Of(_spec.Dropout)}");
        return settings;
    }

    private string ClassName(PlannedLayer place) => place.ClassName + plan.Handle;
}
