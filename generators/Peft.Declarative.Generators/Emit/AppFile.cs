using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes the console program around a class.</summary>
internal static class AppFile
{
    internal static string? Write(ModelPlan plan)
    {
        ModelDeclaration declaration = plan.Declaration;
        if (declaration.App is not { } app || declaration.Type.TypeParameters.Length > 0) return null;

        var types = new TypeNames(declaration.Type);
        string model = string.Join(".", declaration.Type.Containers.Select(header => header.Substring(header.LastIndexOf(' ') + 1)).Append(declaration.Type.Reference));
        string entry = app.HasOwnMain ? "Run" : "Main";
        string[] header = [$"[PeftApp] on {declaration.Name}: train, eval, generate, chat, merge, info"];
        return FileFrame.Write(declaration.Type, types, header, code =>
        {
            code.Line($"/// <summary>A console program around <see cref=\"{model}\"/>; <c>--help</c> lists its commands.</summary>");
            using (code.Open($"internal static class {declaration.Type.Name.TrimStart('@')}App"))
            {
                if (app.HasOwnMain) code.Line("/// <summary>Runs the command that the arguments name. The project has a Main of its own, which may call this.</summary>");
                code.Line($"public static int {entry}(string[] args) => {types["PeftConsole"]}.Run(args, new global::Peft.Declarative.App.AppModel<{model}>");   // an alias cannot name a generic type
                code.Line("{");
                code.Line($"    Name = {Literal.Of(declaration.Name)},");
                code.Line($"    Load = (directory, device) => {model}.FromPretrained(directory, device),");
                code.Line("    Train = (model, data, progress, cancellation) => model.Train(data, progress, cancellation),");
                code.Line("});");
            }
        });
    }
}
