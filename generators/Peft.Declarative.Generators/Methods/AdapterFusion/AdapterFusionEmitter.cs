using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.AdapterFusion;

/// <summary>Writes a fusion: its config, its slots, and one class per sublayer.</summary>
internal sealed class AdapterFusionEmitter(AdapterPlan plan, TypeNames types)
{
    private readonly AdapterFusionSpec _spec = (AdapterFusionSpec)plan.Spec;

    internal ConfigText Config() => new(types["AdapterFusionConfig"], Settings());

    internal void WriteAttachment(CodeWriter code)
    {
        if (plan.AtRunTime)
        {
            code.Line("// Blocks are selected by index, which needs their number.");
            code.Line($"{types["AdapterWiring"]}.Attach(this, {plan.Variable});");
            return;
        }

        new WiringWriter(code, types).Write(plan with { Saved = default }, (layer, slot) => $"new {ClassName(layer)}({slot}{(_spec.IsRepeated ? ", " + plan.NameText : "")})");
        if (plan.Saved.Count > 0) code.Line($"{types["TrainedHeads"]}.Attach(this, {plan.NameText});");
    }

    internal void WriteClasses(CodeWriter code)
    {
        if (plan.AtRunTime) return;

        foreach (PlannedLayer layer in plan.Adapted.GroupBy(ClassName).Select(same => same.First()))
        {
            string width = layer.Output > 0 ? Literal.Of((int)layer.Output) : "hidden";
            string value = _spec.Value ? "(uᵢ V)" : "uᵢ";
            code.Blank();
            code.Line($"/// <summary>Σ softmax((z Q) · (uᵢ K))ᵢ {value} over {string.Join(", ", _spec.Adapters)}; Q, K{(_spec.Value ? ", V" : "")} [{width}, {width}]</summary>");
            code.Line($"private sealed class {ClassName(layer)}({types["SublayerSlot"]} slot{(_spec.IsRepeated ? ", string persona" : "")})");
            code.Line($"    : {types["FusionLayer"]}(slot, {(_spec.IsRepeated ? "persona" : Literal.Of(_spec.Name))}, new {types["AdapterFusionConfig"]} {{ {string.Join(", ", Settings())} }});");
        }
    }

    internal void WriteAfterBackward(CodeWriter code)
    {
        if (!_spec.Value || !_spec.Regularization) return;

        string term = $"run.BackwardPenalty({types["FusionRegularization"]}.Of({plan.Handle}));   // keeps the value matrices near the identity";
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

    private string ClassName(PlannedLayer layer) => layer.ClassName + plan.Classes;
}
