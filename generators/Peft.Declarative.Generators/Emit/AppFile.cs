using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes the console program around a class.</summary>
internal static class AppFile
{
    internal static string? Write(ModelPlan plan)
    {
        ModelDeclaration declaration = plan.Declaration;
        if (declaration.App is { Refused: { } problem } refused) return WriteRefused(declaration, refused, problem);
        if (declaration.App is not { } app || declaration.Shape.ConstructorOnly || declaration.Type.TypeParameters.Length > 0) return null;

        var types = new TypeNames(declaration.Type);
        string model = string.Join(".", declaration.Type.Containers.Select(header => header.Substring(header.LastIndexOf(' ') + 1)).Append(declaration.Type.Reference));
        string space = declaration.Type.Namespace.Length > 0 ? declaration.Type.Namespace + "." : "";
        string entry = app.HasOwnMain ? "Run" : "Main";
        string[] header = [$"[PeftApp] on {declaration.Name}: train, eval, generate, chat, merge, info{(app.Serves ? ", serve" : "")}"];
        return FileFrame.Write(declaration.Type, types, header, code =>
        {
            code.Line($"/// <summary>The console program of <see cref=\"{model}\"/>; <c>--help</c> lists its commands.</summary>");
            using (code.Open($"internal static class {app.Class}"))
            {
                code.Line("/// <summary>The operations that the commands use. A Main method of the project can change them by 'with' and pass them to PeftConsole.</summary>");
                using (code.Open($"public static {types.Of("AppModel", $"<global::{space}{model}>")} Model {{ get; }} = new()", "};"))
                {
                    code.Line($"Name = {Literal.Of(declaration.Name)},");
                    code.Line($"Load = (directory, device) => {model}.FromPretrained(directory, device),");
                    if (!declaration.Shape.UserMembers.Contains("Train") && !declaration.Shape.ClashingMembers.Contains("Plan")) code.Line($"Plan = {model}.Plan,");
                    code.Line("Train = (model, data, progress, cancellation) => model.Train(data, progress, cancellation),");
                    if (app.Serves) code.Line($"Serve = {types["PeftServer"]}.RunAsync,");
                }

                code.Blank();
                code.Line(app.HasOwnMain
                    ? "/// <summary>Runs the command in the arguments. It is not named Main, because the project has a Main method.</summary>"
                    : "/// <summary>Runs the command in the arguments.</summary>");
                code.Line("/// <returns>0 on success, 1 if the run failed or was cancelled, 2 if the arguments are not valid.</returns>");
                code.Line($"public static int {entry}(string[] args) => {types["PeftConsole"]}.Run(args, Model);");
            }
        });
    }

    private static string WriteRefused(ModelDeclaration declaration, AppSpec app, Problem problem)
    {
        var types = new TypeNames(declaration.Type);
        return FileFrame.Write(declaration.Type, types, [$"[PeftApp] on {declaration.Name} cannot be generated"], code =>
        {
            using (code.Open($"internal static class {app.Class}")) code.Line($"private static int Main() => {problem.Throw(types)};");
        });
    }
}
