using Peft.Declarative.Errors;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>Writes a low-rank adapter: its config, its place in the model, and one class per adapted layer that names formula and shapes.</summary>
internal sealed class LoraEmitter(AdapterPlan plan, TypeNames types)
{
    private readonly LoraSpec spec = (LoraSpec)plan.Spec;

    internal ConfigText Config()
    {
        var settings = new List<string> { $"Rank = {Literal.Of(spec.Rank)}" };
        void Add(bool set, string setting)
        {
            if (set) settings.Add(setting);
        }

        Add(spec.Alpha is not null, $"Alpha = {RuleTexts.Number(spec.EffectiveAlpha)}");
        Add(spec.Dropout != 0, $"Dropout = {Literal.Of(spec.Dropout)}");
        Add(spec.UseRsLora, "UseRsLora = true");
        if (spec.Bias != "None") settings.Add($"Bias = {types["BiasTraining"]}.{spec.Bias}");
        Add(spec.OwnBias, "OwnBias = true");
        if (spec.Init != "Default") settings.Add($"Init = {types["LoraInit"]}.{spec.Init}");
        settings.AddRange(SelectorSettings.Of(spec));
        Add(spec.RankPattern.Count > 0, $"RankPattern = {Pairs(spec.RankPattern, value => Literal.Of((int)value))}");
        Add(spec.AlphaPattern.Count > 0, $"AlphaPattern = {Pairs(spec.AlphaPattern, Literal.Of)}");
        if (spec.TrainableTokens.Count > 0)
            settings.Add($"TrainableTokens = new {types["TokensByEmbedding"]} {{ [\"\"] = {Literal.Of(spec.TrainableTokens)} }}");
        return new ConfigText(types["LoraConfig"], settings);
    }

    internal void WriteAttachment(CodeWriter code)
    {
        if (plan.AtRunTime)
        {
            code.Line("// Which layers are meant depends on what the checkpoint has, so they are selected when it is there.");
            code.Line($"{types["AdapterWiring"]}.Attach(this, {plan.Handle});");
            return;
        }

        string name = Literal.Of(spec.Name);
        new WiringWriter(code, types).Write(plan, Wrapped);
        if (spec.TrainableTokens.Count > 0) code.Line($"{types["LoraTokens"]}.Attach(this, {name}, {Literal.Of(spec.TrainableTokens)});");
        if (spec.Bias != "None") code.Line($"{types["TrainedBiases"]}.Attach(this, {plan.Handle}, {types["BiasTraining"]}.{spec.Bias});");
    }

    internal void WriteClasses(CodeWriter code)
    {
        if (plan.AtRunTime) return;

        foreach (PlannedLayer layer in plan.Adapted)
        {
            code.Blank();
            code.Line($"/// <summary>{Formula(layer)}</summary>");
            bool table = layer.Layer.Kind == LayerKind.Embedding;
            string parent = types[table ? "LoraEmbedding" : "LoraLinear"];
            code.Line($"private sealed class {ClassName(layer)}({types["Slot"]} frozen)");
            code.Line($"    : {parent}(frozen, {string.Join(", ", Arguments(layer, table))});");
        }
    }

    private string Wrapped(PlannedLayer layer, string slot) =>
        layer.ClassName.Length > 0 ? $"new {ClassName(layer)}({slot})" : $"new {types["FullCopy"]}({slot}, {Literal.Of(spec.Name)})";

    private string ClassName(PlannedLayer layer) => layer.ClassName + plan.Handle;

    private IEnumerable<string> Arguments(PlannedLayer layer, bool table)
    {
        yield return Literal.Of(spec.Name);
        yield return $"rank: {Literal.Of(layer.Rank)}";
        yield return $"scaling: {Literal.Of(spec.Scaling(layer))}";
        if (spec.Dropout != 0 && !table) yield return $"dropout: {Literal.Of(spec.Dropout)}";
        if (spec.OwnBias && !table) yield return "ownBias: true";
        if (spec.Init != "Default") yield return $"init: {types["LoraInit"]}.{spec.Init}";
    }

    private string Formula(PlannedLayer layer)
    {
        string scaling = Literal.Of(Math.Round(spec.Scaling(layer), 4)).Replace(".0", "");
        string factor = scaling == "1" ? "" : $"{scaling} · ";
        bool known = layer is { Input: > 0, Output: > 0 };
        string output = known ? layer.Output.ToString() : "out";
        string input = known ? layer.Input.ToString() : "in";
        string seen = spec.Dropout > 0 ? "dropout(x)" : "x";
        return layer.Layer.Kind == LayerKind.Embedding
            ? $"y = W[id] + {factor}B A[id], W frozen [{input}, {output}], A [{layer.Rank}, {input}], B [{output}, {layer.Rank}]"
            : $"y = W x + {factor}{(spec.OwnBias ? "(" : "")}B (A {seen}){(spec.OwnBias ? " + b)" : "")}, W frozen [{output}, {input}], A [{layer.Rank}, {input}], B [{output}, {layer.Rank}]";
    }

    private static string Pairs(IEnumerable<PatternEntry> entries, Func<double, string> value) =>
        "[" + string.Join(", ", entries.Select(entry => $"new({Literal.Of(entry.Key)}, {value(entry.Value)})")) + "]";
}
