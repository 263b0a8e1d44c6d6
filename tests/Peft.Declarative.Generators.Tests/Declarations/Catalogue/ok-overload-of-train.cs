// expect: none
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)]
public sealed partial class Persona : LlamaForCausalLM
{
    internal void Train(string file) => System.Console.WriteLine(file);
}
