using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes the constructor and the two factories of a model of a shipped family. Adapters are added after the weights.</summary>
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
        if (_shape.WritesConstructor) WriteConstructor(code, config);
        if (_shape.ConstructorOnly) return;

        if (!_shape.UserMembers.Contains("FromPretrained"))
        {
            code.Blank();
            string inFewBits = _quantize is null ? "" : $" with its linear layers in {_quantize.Bits} bits{_quantize.Saving()}";
            code.Line($"/// <summary>Loads a Hugging Face model directory{inFewBits}, and adds the adapters.</summary>");
            code.Line("/// <param name=\"directory\">A directory with config.json and the weights, in one file or in shards.</param>");
            code.Line("/// <param name=\"device\">The device for the weights. The default is the CPU.</param>");
            WriteFactory(code, $"public {hides} {type} FromPretrained(string directory, {types["Device"]}? device = null)", $"{config}.Load(directory)", "LoadWeights(directory, device)");
        }

        if (_shape.UserMembers.Contains("FromConfig")) return;
        code.Blank();
        code.Line("/// <summary>Creates a model with randomly initialized weights, and adds the adapters.</summary>");
        code.Line("/// <param name=\"config\">The sizes and settings.</param>");
        code.Line("/// <param name=\"device\">The device for the weights. The default is the CPU.</param>");
        code.Line("/// <param name=\"seed\">The random seed of the base weights.</param>");
        WriteFactory(code, $"public {hides} {type} FromConfig({config} config, {types["Device"]}? device = null, int seed = 0)", "config", "InitializeWeights(device, seed)");
    }

    private void WriteConstructor(CodeWriter code, string config)
    {
        code.Blank();
        if (!_shape.IsSealed) code.Line("/// <summary>Creates the layers of a model, without weights and adapters.</summary>");
        code.Line($"{(_shape.IsSealed ? "private" : "protected")} {_declaration.Type.Name}({config} config)");
        code.Line("    : base(config)");
        code.Line("{");
        code.Line("}");
    }

    private void WriteFactory(CodeWriter code, string signature, string config, string fill)
    {
        using (code.Open(signature))
        {
            if (!_shape.CanConstruct && plan.Failure is { } failure)
            {
                code.Line(failure.Throw(types) + ";");
                return;
            }

            if (plan.BaseSizes is { } sizes)
            {
                if (config != "config") code.Line($"var config = {config};");
                config = "config";
                string expected = $"layers: {Literal.Of(sizes.Layers)}, hidden: {sizes.Hidden}, vocabulary: {sizes.Vocabulary}";
                code.Line($"{types["BaseConfigCheck"]}.Require(config, {Literal.Of(_declaration.Name)}, {Literal.Of(_declaration.BaseConfig!)}, {expected});");
            }

            code.Line($"var model = new {_declaration.Type.Reference}({config});");
            if (_quantize is not null) code.Line(_quantize.Statement(types));
            code.Line($"model.{fill};");
            code.Line("model.AttachAdapters();");
            code.Line("return model;");
        }
    }
}
