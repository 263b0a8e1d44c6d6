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
}
