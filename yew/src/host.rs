//! The one component that Yew knows.

use std::{any::Any, rc::Rc};

use yew::{
    Context, Html, HtmlResult, Properties,
    functional::{FunctionComponent, FunctionProvider, HookContext},
    html::BaseComponent,
    virtual_dom::{Key, VComp, VList, VNode},
};

/// A function component with its properties, without its type.
pub(crate) trait Drawn: Any {
    /// Runs the function.
    fn draw(&self, hooks: &mut HookContext) -> HtmlResult;

    /// Whether `other` is the same function with the same properties, so that nothing needs to be drawn again.
    fn is(&self, other: &dyn Any) -> bool;
}

/// The properties of the function component `C`.
pub(crate) struct Drawing<C: FunctionProvider>(pub C::Properties);

impl<C: FunctionProvider + 'static> Drawn for Drawing<C> {
    fn draw(&self, hooks: &mut HookContext) -> HtmlResult {
        C::run(hooks, &self.0)
    }

    fn is(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<Self>().is_some_and(|other| self.0 == other.0)
    }
}

/// The component in its place.
pub(crate) fn node(drawn: Rc<dyn Drawn>, key: Option<Key>) -> VNode {
    VNode::VComp(Rc::new(VComp::new::<Host>(Rc::new(Hosted { drawn }), key)))
}

#[derive(Properties)]
struct Hosted {
    drawn: Rc<dyn Drawn>,
}

impl Hosted {
    fn any(&self) -> &dyn Any {
        &*self.drawn
    }
}

impl PartialEq for Hosted {
    fn eq(&self, other: &Self) -> bool {
        self.drawn.is(other.any())
    }
}

/// Holds the hooks of one function component. Yew takes all hosts for the same component, and keeps the one that stands in a
/// place when another function comes there: so the host begins anew itself.
struct Host {
    function: FunctionComponent<Host>,
    /// How many functions stood here before.
    before: usize,
}

impl FunctionProvider for Host {
    type Properties = Hosted;

    fn run(hooks: &mut HookContext, props: &Hosted) -> HtmlResult {
        props.drawn.draw(hooks)
    }
}

impl BaseComponent for Host {
    type Message = ();
    type Properties = Hosted;

    fn create(ctx: &Context<Self>) -> Self {
        Host { function: FunctionComponent::new(ctx), before: 0 }
    }

    fn update(&mut self, _: &Context<Self>, (): ()) -> bool {
        true
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Hosted) -> bool {
        if ctx.props().any().type_id() != old.any().type_id() {
            self.function.destroy();
            self.function = FunctionComponent::new(ctx);
            self.before = self.before.wrapping_add(1);
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> HtmlResult {
        // By the key, no element of the function before is kept, with its focus or what was typed into it.
        let drawn = list(self.function.render(ctx.props())?, Some(self.before.into()));
        Ok(list(drawn, None))
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        self.function.rendered();
    }

    fn destroy(&mut self, _: &Context<Self>) {
        self.function.destroy();
    }

    fn prepare_state(&self) -> Option<String> {
        self.function.prepare_state()
    }
}

fn list(child: Html, key: Option<Key>) -> Html {
    VNode::VList(Rc::new(VList::with_children(vec![child], key)))
}

#[cfg(test)]
mod tests {
    use yew::prelude::*;

    use super::*;

    #[derive(PartialEq, Properties)]
    struct Named {
        name: AttrValue,
    }

    #[function_component]
    fn Room(props: &Named) -> Html {
        html! { <h1>{ &props.name }</h1> }
    }

    #[function_component]
    fn Person(props: &Named) -> Html {
        html! { <p>{ &props.name }</p> }
    }

    fn hosted<C: FunctionProvider<Properties = Named> + 'static>(name: &'static str) -> Hosted {
        Hosted { drawn: Rc::new(Drawing::<C>(Named { name: name.into() })) }
    }

    #[test]
    fn the_same_function_with_the_same_properties_is_not_drawn_again() {
        assert!(hosted::<Room>("Ada") == hosted::<Room>("Ada"));
    }

    #[test]
    fn other_properties_are_drawn() {
        assert!(hosted::<Room>("Ada") != hosted::<Room>("Ben"));
    }

    #[test]
    fn another_function_with_the_same_properties_is_drawn_in_a_place_of_its_own() {
        let (room, person) = (hosted::<Room>("Ada"), hosted::<Person>("Ada"));
        assert!(room != person);
        assert_ne!(room.any().type_id(), person.any().type_id());
    }
}
