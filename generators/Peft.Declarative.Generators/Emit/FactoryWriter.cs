using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes how a model of a shipped family is made: the constructor, and the two ways to fill it. Adapters come after the weights.</summary>
internal sealed class FactoryWriter(ModelPlan plan, TypeNames types)
{
    private readonly ModelDeclaration _declaration = plan.Declaration;
    private readonly ModelShape _shape = plan.Declaration.Shape;
    private readonly QuantizeWriter? _quantize = plan.Quantize is null ? null : new QuantizeWriter(plan, plan.Quantize);

    internal void Write(CodeWriter code)
    {
        if (_shape.Config.Length == 0) return;

        string config = types.Of(_shape.Config);
        string type = _declaration.Type.Reference;
        string hides = _shape.HidesFactories ? "static new" : "static";
        if (!_shape.HasConfigConstructor) WriteConstructor(code, config);

        if (!_shape.UserMembers.Contains("FromPretrained"))
        {
            code.Blank();
            string inFourBits = _quantize is null ? "" : $" with its linear layers in 4 bits{_quantize.Saving()}";
            code.Line($"/// <summary>Reads a Hugging Face model directory{inFourBits}, and puts the adapters on it.</summary>");
            code.Line("/// <param name=\"directory\">Directory with config.json and the weights, in one file or in shards.</param>");
            code.Line("/// <param name=\"device\">Where the weights go; the CPU unless set.</param>");
            WriteFactory(code, $"public {hides} {type} FromPretrained(string directory, {types["Device"]}? device = null)", $"{config}.Load(directory)", "LoadWeights(directory, device)");
        }

        if (_shape.UserMembers.Contains("FromConfig")) return;
        code.Blank();
        code.Line("/// <summary>Makes a model with freshly drawn weights, and puts the adapters on it.</summary>");
        code.Line("/// <param name=\"config\">Sizes and settings.</param>");
        code.Line("/// <param name=\"device\">Where the weights go; the CPU unless set.</param>");
        code.Line("/// <param name=\"seed\">Seed of the base weights.</param>");
        WriteFactory(code, $"public {hides} {type} FromConfig({config} config, {types["Device"]}? device = null, int seed = 0)", "config", "InitializeWeights(device, seed)");
    }

    private void WriteConstructor(CodeWriter code, string config)
    {
        code.Blank();
        code.Line($"private {_declaration.Type.Name}({config} config)");
        code.Line("    : base(config)");
        code.Line("{");
        code.Line("}");
    }

    private void WriteFactory(CodeWriter code, string signature, string config, string fill)
    {
        using (code.Open(signature))
        {
            code.Line($"var model = new {_declaration.Type.Reference}({config});");
            if (_quantize is not null) code.Line(_quantize.Statement(types));
            code.Line($"model.{fill};");
            code.Line("model.AttachAdapters();");
            code.Line("return model;");
        }
    }
}
