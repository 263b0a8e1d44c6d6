// expect: none
// run: no (nested)
using Peft.Declarative;
using Peft.Declarative.Models;
public partial interface IShop
{
    [Lora(rank: 4)] public sealed partial class Persona : LlamaForCausalLM;
}
