// expect: none
// run: no (nested)
using Peft.Declarative;
using Peft.Declarative.Models;
public partial class Outer<T> where T : struct
{
    public partial struct Middle
    {
        [Lora(rank: 4)] internal sealed partial class Persona : LlamaForCausalLM;
    }
}
