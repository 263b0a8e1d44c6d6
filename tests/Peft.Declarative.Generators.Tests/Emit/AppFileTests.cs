using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Emit;

public class AppFileTests
{
    private const string Persona = "namespace Acme { [PeftApp] [Lora(rank: 8)] public sealed partial class Persona : LlamaForCausalLM; }";

    [Fact]
    public void PeftApp_WithoutOtherMain_IsTheProgram()
    {
        Generated generated = Generated.FromProgram(Persona);

        Snapshots.Match(generated["App"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Theory]
    [InlineData("return Acme.PersonaApp.Run(args);\n")]
    [InlineData("class Program { static int Main(string[] args) => Acme.PersonaApp.Run(args); }\n")]
    public void PeftApp_BesideAMainOfTheUser_CanBeCalledFromIt(string main)
    {
        Generated generated = Generated.FromProgram(main + Persona);

        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Fact]
    public void PeftApp_WithThePackageThatServes_HasTheCommand()
    {
        const string Server = """
            namespace Peft.Declarative
            {
                public static class PeftServer
                {
                    public static System.Threading.Tasks.Task RunAsync(string model, string? adapters, string device, System.Uri address, System.Threading.CancellationToken cancellation = default) =>
                        System.Threading.Tasks.Task.CompletedTask;
                }
            }

            """;

        Generated generated = Generated.FromProgram(Server + Persona);

        Assert.Contains("Serve = PeftServer.RunAsync,", generated["App"], StringComparison.Ordinal);
        Assert.Contains("info, serve", generated["App"], StringComparison.Ordinal);
        Assert.Empty(generated.CompilerProblems);
    }
}
